/** A build of a projection as a consumer: brings it up to the head of the log and keeps it there. */
import type { Topic } from '@plenum/event';
import type { Pace } from './builds/pace.ts';
import { gatherBatches } from './consumer/gather-batches.ts';
import { partitionsOf } from './consumer/partitions.ts';
import type { ConsumerProgress } from './consumer/progress.ts';
import { type ConsumerHandler, runConsumer } from './consumer/run-consumer.ts';
import type { Log } from './log.ts';
import type { Pause } from './patience.ts';
import type { Logger } from './ports.ts';
import { type Projector, projectBatch, projectBatches, retryRecords } from './project-batch.ts';
import { rowCache } from './row-cache.ts';

export type RunProjection = Projector & {
  readonly log: Log;
  /** At least the topics that the projection names, for their partitions. */
  readonly topics: readonly Topic[];
  readonly logger: Logger;
  /** Records of one partition in one transaction, at most, and beyond which no other partition joins in. */
  readonly recordsMax?: number;
  /** Transactions begin at least so far apart, unless so many records wait; 0 unless said otherwise. */
  readonly intervalMs?: number;
  /** Kept up to date while this runs. */
  readonly progress?: ConsumerProgress;
  /** How to wait out a transient failure; settles early when stopped. Simulations bring their own time. */
  readonly pause?: Pause;
  /** When each batch may be projected; at once unless said otherwise. */
  readonly pace?: Pace;
};

const atOnce: Pace = (work) => work();

/** One is decoded and folded here while the database works on the other. */
const gatheringsAtATime = 2;

/** Records in one transaction unless said otherwise. */
export const usualRecordsMax = 1_000;

/**
 * Projects as one member of the group `<projection>.v<version>.g<generation>`, as `runConsumer` does. Rejects as that; with
 * ConsumerGone when the build is retired or dropped.
 */
export const runProjection = async (parts: RunProjection, stop: AbortSignal): Promise<void> => {
  const { store, projection, log, logger, recordsMax = usualRecordsMax, intervalMs = 0 } = parts;
  const { progress, pause, pace = atOnce } = parts;
  const partitions = partitionsOf(projection, projection.topics, parts.topics);
  const projector = { ...parts, cache: parts.cache ?? rowCache() };
  const together = gatherBatches({
    deal: (batches, patient) => patient(() => pace(() => projectBatches(projector, batches))),
    ...{ atATime: gatheringsAtATime, recordsMax, intervalMs },
  });

  const handler: ConsumerHandler = {
    prepare: async () => ({ state: await store.prepare(projection, partitions), partitions: partitions.length }),
    handle: async (batch, patient) => {
      const gathered = await together(batch, patient);
      if (gathered === undefined) return undefined;
      // Where another member holds the checkpoint, only this partition waits.
      const projected = gathered === 'held' ? await pace(() => projectBatch(projector, batch)) : gathered;
      const { next, counters, newlyParked } = projected;
      return { next, read: counters.read, newlyParked };
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
