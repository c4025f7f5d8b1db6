/** The store of decisions from the log alone: everything that a rule is decided on is in the relayed records. */
import { type Event, kindOf, type ReservingStreams, type StreamId, type Topic } from '@plenum/event';
import { decodeAll, type EventCodec } from '../event-codec.ts';
import type { Log, LogRecord } from '../log.ts';
import { decryptEvents, type PersonalParts } from '../persons/personal-events.ts';
import { decisionOf } from './decision-headers.ts';
import type { Reservation } from './event-store.ts';
import { type ReservationFold, reservationFold } from './reservations.ts';

/** A record of a topic that holds decisions; its headers say stream, version and command. */
export type RelayedRecord = LogRecord & { readonly topic: string };

export type StreamRestore = {
  /**
   * Fills a store from relayed records, in log order within each partition and some of them twice. All of it or nothing:
   * with `replace`, what was there is gone only when what takes its place is there.
   * @throws TransientFailure; an error when something in the store is not relayed, a record is no decision, a stream has a hole, or
   *   two events claim to be the same version; and, unless it is to be replaced, when the store is not empty.
   */
  restore(batches: AsyncIterable<readonly RelayedRecord[]>, how?: RestoreHow): Promise<Restored>;
};

export type RestoreHow = {
  readonly replace: boolean;
  /** The names that the streams hold, asked for when all batches were read; none, unless given. */
  readonly reservations?: () => readonly Reservation[];
};

export type Restored = {
  readonly streams: number;
  readonly events: number;
  readonly commands: number;
  readonly reservations: number;
};

export type RebuildStreams = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  readonly topics: readonly Pick<Topic, 'name'>[];
  readonly store: StreamRestore;
  /** Every kind of stream that holds names; their events are decoded, and their states are kept until the end. */
  readonly reserving: readonly ReservingStreams[];
  readonly codec: EventCodec;
  /** Without it, no name is found that is encrypted in the log. */
  readonly personal?: PersonalParts | undefined;
  /** Instead of what the store has; without it the store has to be empty. */
  readonly replace?: boolean;
};

export type Rebuilt = Restored & {
  /** Streams that would hold a name which another took later, because what was decided in between was lost. */
  readonly contested: readonly StreamId[];
};

/**
 * Reads every decision that the log holds now and gives them to a store, which goes on from there. What was
 * decided and never relayed is not in it. Nobody may decide meanwhile.
 * @throws as `restore`; LogTruncated; an error when an event of a reserving stream cannot be read.
 */
export const rebuildStreams = async (parts: RebuildStreams): Promise<Rebuilt> => {
  const { store, reserving, replace = false } = parts;
  const fold = reservationFold(reserving);
  const reservations = () => fold.held().reservations;
  const restored = await store.restore(relayed(parts, fold), { replace, reservations });
  return { ...restored, contested: fold.held().contested };
};

async function* relayed(
  { log, topics, reserving, codec, personal }: RebuildStreams,
  fold: ReservationFold,
): AsyncGenerator<readonly RelayedRecord[]> {
  const kinds = new Set(reserving.map(({ kind }) => kind));
  for (const { name: topic } of topics) {
    for (const { partition, next } of await log.positions(topic)) {
      // From the very first: a log that has forgotten some cannot show what they led to.
      for await (const { records } of log.read({ topic, partition, from: 0n, to: next })) {
        const found: Event[] = [];
        for (const { record, known } of await decodeAll(
          codec,
          records.filter((one) => kinds.has(kindOfRecord(one))),
        )) {
          if (known.outcome === 'event') found.push(known.event);
          else throw new Error(`${topic}/${partition} at ${record.offset} cannot be read: ${known.reason}`);
        }
        for (const event of personal === undefined ? found : await decryptEvents(found, personal)) fold.add(event);
        yield records.map((record) => ({ ...record, topic }));
      }
    }
  }
}

/** None of a record that is no decision, which the store refuses. */
const kindOfRecord = ({ headers }: LogRecord): string => {
  const decision = decisionOf(headers);
  return decision === undefined || decision === 'unreadable' ? '' : kindOf(decision.stream);
};
