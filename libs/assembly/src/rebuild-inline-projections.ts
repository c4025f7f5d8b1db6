/** The tables of every inline projection made again from what was decided: from the log, from the store's own log, or from both. */
import { inlineProjections } from '@plenum/catalogue';
import type { Event } from '@plenum/event';
import { type Database, inTransaction, sqlOf } from '@plenum/postgres';
import { type RebuiltInline, rebuildInline } from '@plenum/read-model';
import { decodeAll, decryptEvents, type EventCodec, type Log, type PersonalParts } from '@plenum/runtime';
import { decisionTopics } from './open-decisions.ts';

export type RebuildInline = {
  /** Has the tables: `openDecisions` makes them. */
  readonly database: Pick<Database, 'pool'>;
  /**
   * Each is read from its beginning to its end, one after another. The log first, and then the store's own
   * (`OpenDecisions.store.source`) where that may have something that was not relayed yet.
   */
  readonly sources: readonly Pick<Log, 'positions' | 'read'>[];
  readonly codec: EventCodec;
  /** Of the master keys that are set. Without it, and of people who have lost their key, what names them does not come back. */
  readonly personal: PersonalParts | undefined;
};

/**
 * One transaction: requests that are authorized meanwhile wait, and are answered with 503 when it takes longer than a moment.
 * @throws TransientFailure; LogTruncated; an error when an event cannot be read: no table is half of what was decided.
 */
export const rebuildInlineProjections = (parts: RebuildInline): Promise<readonly RebuiltInline[]> =>
  inTransaction(parts.database.pool, (client) => rebuildInline(sqlOf(client), inlineProjections, decisionsIn(parts)));

/** Every decision, each stream's in order. */
async function* decisionsIn({ sources, codec, personal }: RebuildInline): AsyncGenerator<Event> {
  for (const source of sources) {
    for (const { name: topic } of decisionTopics) {
      for (const { partition, next } of await source.positions(topic)) {
        for await (const { records } of source.read({ topic, partition, from: 0n, to: next })) {
          const found: Event[] = [];
          for (const { record, known } of await decodeAll(codec, records)) {
            if (known.outcome === 'event') found.push(known.event);
            else throw new Error(`${topic}/${partition} at ${record.offset} cannot be read: ${known.reason}`);
          }
          yield* personal === undefined ? found : await decryptEvents(found, personal);
        }
      }
    }
  }
}
