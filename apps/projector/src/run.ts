/** The projector: every projection follows the log, each with its own checkpoints, all in one process. */
import { buildOf, type Projection } from '@plenum/read-model';
import {
  type ConsumerProgress,
  consumerProgress,
  type EventCodec,
  type Log,
  type Logger,
  type ReadModelStore,
  type RunProjection,
  runProjection,
} from '@plenum/runtime';

export type ProjectorParts = {
  readonly log: Log;
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly projections: readonly Projection[];
  /** Every topic that the projections read. */
  readonly topics: RunProjection['topics'];
  readonly logger: Logger;
  /** Records in one transaction, at most. */
  readonly recordsMax?: number;
  /** Counted while this runs. */
  readonly progress?: ProjectorProgress;
};

/** By projection name. */
export type ProjectorProgress = ReadonlyMap<string, ConsumerProgress>;

export const projectorProgress = (projections: readonly Projection[]): ProjectorProgress =>
  new Map(projections.map(({ name }) => [name, consumerProgress()]));

/**
 * Runs until `stop` aborts and the batches in hand are committed. When one projection cannot go on, the others finish
 * their batches too, and this rejects with the reason: a process that projects only some of its projections looks healthy
 * and is not.
 */
export const runProjector = async (parts: ProjectorParts, stop: AbortSignal): Promise<void> => {
  const { projections, progress = projectorProgress(projections) } = parts;
  const failed = new AbortController();
  const anyStop = AbortSignal.any([stop, failed.signal]);

  const runOne = async (projection: Projection): Promise<void> => {
    try {
      await runProjection(
        { ...parts, projection: buildOf(projection), progress: progress.get(projection.name) ?? consumerProgress() },
        anyStop,
      );
    } catch (error) {
      parts.logger.error({ projection: projection.name, error }, 'projection cannot go on');
      failed.abort(error);
    }
  };
  await Promise.all(projections.map(runOne));
  if (failed.signal.aborted) throw failed.signal.reason;
};
