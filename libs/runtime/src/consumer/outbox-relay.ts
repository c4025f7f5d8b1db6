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
import type { CheckpointStore, ConsumerId, TopicPartition } from './checkpoint-store.ts';
import { noCounters } from './checkpoint-store.ts';
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
  /** Counted while this runs. What is sent again counts again. */
  readonly progress?: ConsumerProgress;
  readonly pause?: Pause;
};

/** Sends what the store has as one member of a group; several processes share the partitions. Ends as `runConsumer`. */
export const runOutboxRelay = (parts: OutboxRelay, stop: AbortSignal): Promise<void> => {
  const { source, checkpoints, topics, logger, recordsMax = 500, progress, pause } = parts;
  const names = topics.map(({ name }) => name);
  const partitions = partitionsOf(outboxRelay, names, topics);
  const prepare = async (): Promise<object> => {
    await checkpoints.prepare(outboxRelay, partitions);
    return { partitions: partitions.length };
  };
  const handle = (batch: Batch, patient: Patience): Promise<Handled | undefined> => send(parts, batch, patient);
  return runConsumer(
    {
      ...{ consumer: outboxRelay, kind: 'outbox relay', fields: {}, log: source, topics: names, checkpoints },
      ...{ handler: { prepare, handle }, logger, recordsMax, progress, pause },
    },
    stop,
  );
};

/** Appends, then moves the checkpoint. Each waits for itself, so that not being able to move does not send again. */
const send = async (
  { log, checkpoints }: OutboxRelay,
  batch: Batch,
  patient: Patience,
): Promise<Handled | undefined> => {
  const { topic, partition, records, fetchedOffset, nextOffset } = batch;
  const appended = await patient(() => log.append(records.map(({ offset: _, ...record }) => ({ topic, ...record }))));
  // Stopped before it was sent, or before that was noted: the next process sends it again.
  if (appended === undefined) return undefined;
  const read = records.length;
  const next = await patient(() =>
    checkpoints.transact(outboxRelay, { topic, partition }, async (tx) => {
      if (tx.checkpoint.next !== fetchedOffset) return tx.checkpoint.next;
      await tx.advance(nextOffset, { ...noCounters, read, applied: read });
      return nextOffset;
    }),
  );
  return next === undefined ? undefined : { next, read, newlyParked: [] };
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
