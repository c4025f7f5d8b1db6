/** The events of a projection's topics up to chosen positions, without a group: what every replay begins with. */
import type { Projection, Recorded } from '@plenum/read-model';
import type { ParkedKey, TopicPartition } from '../consumer/checkpoint-store.ts';
import { parkedUnder } from '../consumer/parked-under.ts';
import { afterLearning, type EventCodec, isKnown, type Known } from '../event-codec.ts';
import type { Log, LogRecord } from '../log.ts';

export type Replay = {
  readonly log: Pick<Log, 'read' | 'positions'>;
  readonly codec: EventCodec;
  readonly projection: Projection;
};

/** A place in the log: everything before `next` belongs to it. */
export type Position = TopicPartition & { readonly next: bigint };

/** One record of a replay. `parked` ones are for the counters; `unreadable` ones ought to be parked, and are not. */
export type Replayed = TopicPartition & { readonly record: LogRecord } & (
    | { readonly outcome: 'event'; readonly recorded: Recorded }
    | { readonly outcome: 'parked' }
    | { readonly outcome: 'unreadable'; readonly reason: string }
  );

/**
 * Every record before the positions, one partition after another, each in order, as the log hands them over: many at a
 * time, for waiting for each record would cost more than decoding it. Parked keys are left out from where they are parked.
 */
export async function* projectionBatches(
  { log, codec, projection }: Replay,
  positions: readonly Position[],
  parkedKeys: readonly ParkedKey[] = [],
): AsyncGenerator<readonly Replayed[], void> {
  for (const topic of projection.topics) {
    const ends = await log.positions(topic);
    for (const { partition, next } of positions.filter((position) => position.topic === topic)) {
      const parked = new Map(
        parkedKeys
          .filter((key) => key.topic === topic && key.partition === partition)
          .map((key) => [key.key, key.from]),
      );
      const at = { topic, partition };
      const from = ends[partition]?.first ?? 0n;
      for await (const batch of log.read({ topic, partition, from, to: next })) {
        const read: Replayed[] = [];
        for (const record of batch.records) {
          const decoded = codec.decode(record);
          const known = isKnown(decoded) ? decoded : await afterLearning(codec, record, decoded);
          read.push(replayed(record, known, at, parked));
        }
        yield read;
      }
    }
  }
}

/** `parked` is added to: what cannot be read parks its key, as it did in the projector. */
const replayed = (
  record: LogRecord,
  known: Known,
  { topic, partition }: TopicPartition,
  parked: Map<string, bigint>,
): Replayed => {
  const parkedFrom = parked.size === 0 ? undefined : parked.get(parkedUnder(record.key));
  if (parkedFrom !== undefined && record.offset >= parkedFrom) return { topic, partition, record, outcome: 'parked' };
  if (known.outcome === 'undecodable') {
    parked.set(parkedUnder(record.key), record.offset + 1n);
    return { topic, partition, record, outcome: 'unreadable', reason: known.reason };
  }
  const recorded = { event: known.event, partition, offset: record.offset };
  return { topic, partition, record, outcome: 'event', recorded };
};
