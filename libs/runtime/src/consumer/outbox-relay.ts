/**
 * How decisions come into the log: the store's own log, the outbox, is followed like any other, and what it holds is
 * appended to the event log, the same bytes in the same order. The checkpoint moves only after the append has settled,
 * so after a crash some are sent again: a reader skips the versions that it has. Before an event is sent, all earlier
 * ones of its stream have settled, whichever process sent them, so no reader ever meets a gap.
 */
import type { Topic } from '@plenum/event';
import type { Batch, Log } from '../log.ts';
import type { Patience, Pause } from '../patience.ts';
import type { Logger } from '../ports.ts';
import {
  type CheckpointStore,
  type CheckpointsTransaction,
  type ConsumerId,
  type Move,
  noCounters,
  type TopicPartition,
} from './checkpoint-store.ts';
import { gatherBatches } from './gather-batches.ts';
import { partitionsOf } from './partitions.ts';
import type { ConsumerProgress } from './progress.ts';
import { type Handled, runConsumer } from './run-consumer.ts';

/** Under which name it has its checkpoints. They are positions in the outbox, not in the event log. */
export const outboxRelay: ConsumerId = { name: 'outbox-relay', version: 1, generation: 1 };

export type OutboxRelay = {
  /** The store's log. */
  readonly source: Pick<Log, 'subscribe' | 'positions' | 'read'>;
  readonly checkpoints: CheckpointStore;
  readonly log: Pick<Log, 'append'>;
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  readonly logger: Logger;
  readonly recordsMax?: number;
  /** What comes of several partitions while other batches are sent is sent together, at least so far apart; 0 unless said otherwise. */
  readonly intervalMs?: number;
  /** Counted while this runs. What is sent again counts again. */
  readonly progress?: ConsumerProgress;
  readonly pause?: Pause;
};

/** Sends what the store has as one member of a group; several processes share the partitions. Ends as `runConsumer`. */
export const runOutboxRelay = (parts: OutboxRelay, stop: AbortSignal): Promise<void> => {
  const { source, checkpoints, topics, logger, recordsMax = 500, intervalMs = 0, progress, pause } = parts;
  const names = topics.map(({ name }) => name);
  const partitions = partitionsOf(outboxRelay, names, topics);
  const prepare = async (): Promise<object> => {
    await checkpoints.prepare(outboxRelay, partitions);
    return { partitions: partitions.length };
  };
  const together = gatherBatches({
    deal: (batches, patient) => send(parts, batches, patient),
    ...{ atATime: gatheringsAtATime, recordsMax, intervalMs },
  });
  const handle = async (batch: Batch, patient: Patience): Promise<Handled | undefined> => {
    const sent = await together(batch, patient);
    if (sent !== 'held') return sent;
    // Where another process holds the checkpoint, only this partition waits.
    const [alone] = (await note(parts, [batch], patient)) ?? [];
    if (alone === 'held') throw new Error('a single partition is waited for');
    return alone;
  };
  return runConsumer(
    {
      ...{ consumer: outboxRelay, kind: 'outbox relay', fields: {}, log: source, topics: names, checkpoints },
      ...{ handler: { prepare, handle }, logger, recordsMax, progress, pause },
    },
    stop,
  );
};

/** While the log writes one, another is noted. */
const gatheringsAtATime = 2;

/** Appends, then moves the checkpoints. Each waits for itself, so that not being able to move does not send again. */
const send = async (
  parts: OutboxRelay,
  batches: readonly Batch[],
  patient: Patience,
): Promise<readonly (Handled | 'held')[] | undefined> => {
  const records = batches.flatMap(({ topic, records: ofIt }) =>
    ofIt.map(({ offset: _, ...record }) => ({ topic, ...record })),
  );
  const appended = await patient(() => parts.log.append(records));
  // Stopped before it was sent, or before that was noted: the next process sends it again.
  return appended && note(parts, batches, patient);
};

/** `held` where somebody else is at that partition. */
const note = ({ checkpoints }: OutboxRelay, batches: readonly Batch[], patient: Patience) => {
  const places = batches.map(({ topic, partition }) => ({ topic, partition }));
  return patient(() => checkpoints.transactTogether(outboxRelay, places, (tx) => noteIn(tx, batches)));
};

const noteIn = async (
  tx: CheckpointsTransaction,
  batches: readonly Batch[],
): Promise<readonly (Handled | 'held')[]> => {
  const moves: Move[] = [];
  const noted = batches.map((batch, index): Handled | 'held' => {
    const { topic, partition, records, fetchedOffset, nextOffset } = batch;
    const checkpoint = tx.partitions[index]?.checkpoint;
    if (checkpoint === undefined) return 'held';
    const read = records.length;
    if (checkpoint.next !== fetchedOffset) return { next: checkpoint.next, read, newlyParked: [] };
    moves.push({ at: { topic, partition }, next: nextOffset, counters: { ...noCounters, read, applied: read } });
    return { next: nextOffset, read, newlyParked: [] };
  });
  if (moves.length > 0) await tx.advance(moves);
  return noted;
};

/** What has been decided and is not yet in the log. */
export type OutboxLag = TopicPartition & {
  readonly records: bigint;
  /** When the first of them was decided; `undefined` when there is none. */
  readonly sinceMs: number | undefined;
};

/** As the store and the checkpoints have it, whichever process relays, and also when none does. @throws TransientFailure */
export const outboxLag = async ({
  source,
  checkpoints,
  topics,
}: Pick<OutboxRelay, 'source' | 'checkpoints' | 'topics'>): Promise<readonly OutboxLag[]> => {
  const lags: OutboxLag[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, next } of await source.positions(topic)) {
      const from = await checkpoints.position(outboxRelay, { topic, partition });
      const records = next > from ? next - from : 0n;
      const sinceMs = records === 0n ? undefined : await firstTimeMs(source, { topic, partition, from, to: from + 1n });
      lags.push({ topic, partition, records, sinceMs });
    }
  }
  return lags;
};

const firstTimeMs = async (
  source: Pick<Log, 'read'>,
  range: Parameters<Log['read']>[0],
): Promise<number | undefined> => {
  for await (const { records } of source.read(range)) return records[0]?.timestampMs;
  return undefined;
};
