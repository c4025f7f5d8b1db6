/** The store of decisions from the log alone: everything that a rule is decided on is in the relayed records. */
import type { Topic } from '@plenum/event';
import type { Log, LogRecord } from '../log.ts';

/** A record of a topic that holds decisions; its headers say stream, version and command. */
export type RelayedRecord = LogRecord & { readonly topic: string };

export type StreamRestore = {
  /**
   * Fills a store from relayed records, in log order within each partition and some of them twice. All of it or nothing:
   * with `replace`, what was there is gone only when what takes its place is there.
   * @throws TransientFailure; an error when something in the store is not relayed, a record is no decision, a stream has a hole, or
   *   two facts claim to be the same version; and, unless it is to be replaced, when the store is not empty.
   */
  restore(batches: AsyncIterable<readonly RelayedRecord[]>, how?: RestoreHow): Promise<Restored>;
};

export type RestoreHow = { readonly replace: boolean };

export type Restored = { readonly streams: number; readonly events: number; readonly commands: number };

export type RebuildStreams = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly topics: readonly Pick<Topic, 'name'>[];
  readonly store: StreamRestore;
  /** Instead of what the store has; without it the store has to be empty. */
  readonly replace?: boolean;
};

/**
 * Reads every decision that the log holds now and gives them to a store, which goes on from there. What was
 * decided and never relayed is not in it. Nobody may decide meanwhile. @throws as `restore`; LogTruncated.
 */
export const rebuildStreams = ({ log, topics, store, replace = false }: RebuildStreams): Promise<Restored> =>
  store.restore(relayed(log, topics), { replace });

async function* relayed(
  log: RebuildStreams['log'],
  topics: RebuildStreams['topics'],
): AsyncGenerator<readonly RelayedRecord[]> {
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) {
      // From the very first: a log that has forgotten some cannot tell what they led to.
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        yield records.map((record) => ({ ...record, topic }));
      }
    }
  }
}
