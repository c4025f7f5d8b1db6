/** A projection as a consumer: brings one version of it up to the head of the log and keeps it there. */
import type { Topic } from '@plenum/event';
import type { Build } from '@plenum/read-model';
import type { TopicPartition } from './consumer/checkpoint-store.ts';
import { nameOfPartition, partitionsOf } from './consumer/partitions.ts';
import type { ConsumerProgress } from './consumer/progress.ts';
import { type ConsumerHandler, runConsumer } from './consumer/run-consumer.ts';
import type { Log } from './log.ts';
import type { Pause } from './patience.ts';
import type { Logger } from './ports.ts';
import { type Projector, projectBatch, retryRecords } from './project-batch.ts';
import { rowCache } from './row-cache.ts';

export type RunProjection = Projector & {
  readonly log: Log;
  /** At least the topics that the projection names, for their partitions. */
  readonly topics: readonly Topic[];
  readonly logger: Logger;
  /** Records in one transaction, at most. */
  readonly recordsMax?: number;
  /** Kept up to date while this runs. */
  readonly progress?: ConsumerProgress;
  /** How to wait out a transient failure; settles early when stopped. Simulations bring their own time. */
  readonly pause?: Pause;
};

/**
 * Projects as one member of the group `<projection>.v<version>.g<generation>`, as `runConsumer` does. A later version of a projection
 * becomes what queries see once everything that was in the log when it started, and nearly everything since, is in it.
 * Rejects as `runConsumer`, and when this version is lower than the active one.
 */
export const runProjection = async (parts: RunProjection, stop: AbortSignal): Promise<void> => {
  const { store, projection, log, logger, recordsMax = 1_000, progress, pause } = parts;
  const partitions = partitionsOf(projection, projection.topics, parts.topics);
  const projector = { ...parts, cache: parts.cache ?? rowCache() };
  const noteCaughtUp = activation(parts, partitions, recordsMax);
  let building = false;

  const handler: ConsumerHandler = {
    prepare: async () => {
      const state = await store.prepare(projection, partitions);
      building = state === 'building';
      return { state, partitions: partitions.length };
    },
    handle: async (batch) => {
      const { next, counters, newlyParked } = await projectBatch(projector, batch);
      return { next, read: counters.read, newlyParked };
    },
    afterBatch: async () => {
      if (building) building = !(await noteCaughtUp());
    },
    retry: (parked) => retryRecords(projector, parked),
  };
  await runConsumer(
    {
      ...{ consumer: projection, kind: 'projection', fields: { projection: projection.name } },
      ...{ log, topics: projection.topics, checkpoints: store, handler, logger, recordsMax, progress, pause },
    },
    stop,
  );
};

/**
 * Watches a version that is being built, and activates it when it has caught up; true once it has. Every member looks after
 * each of its batches, so whichever commits the last missing batch sees that it was the last.
 *
 * Two bars, both to be cleared: everything that was in the log when this member started is in the rows, and the
 * rest is at most one batch per partition. A lag of exactly zero everywhere may never be seen in a busy log.
 */
const activation = (
  { log, store, projection, logger }: RunProjection,
  partitions: readonly TopicPartition[],
  recordsMax: number,
): (() => Promise<boolean>) => {
  let targets: ReadonlyMap<string, bigint> | undefined;

  return async () => {
    targets ??= await endsOf(log, projection);
    const positions = await Promise.all(partitions.map((at) => store.position(projection, at)));
    const reached = (ends: ReadonlyMap<string, bigint>, slack: bigint): boolean =>
      partitions.every((at, index) => (positions[index] ?? 0n) + slack >= (ends.get(nameOfPartition(at)) ?? 0n));
    if (!reached(targets, 0n)) return false;

    const ends = await endsOf(log, projection);
    if (!reached(ends, BigInt(recordsMax))) {
      targets = ends;
      return false;
    }
    if (!(await store.activate(projection))) return false;
    logger.info(
      { projection: projection.name, version: projection.version, generation: projection.generation },
      'read model caught up: queries see this build now',
    );
    return true;
  };
};

const endsOf = async (log: Log, projection: Build): Promise<ReadonlyMap<string, bigint>> => {
  const ends = new Map<string, bigint>();
  for (const topic of projection.topics) {
    for (const { partition, next } of await log.positions(topic)) ends.set(nameOfPartition({ topic, partition }), next);
  }
  return ends;
};
