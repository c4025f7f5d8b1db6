/** The projector: every read-model set follows the log, each with its own checkpoints, all in one process. */
import type { ReadModelSet } from '@plenum/read-model';
import {
  type EventCodec,
  type Log,
  type Logger,
  type ProjectionProgress,
  projectionProgress,
  type ReadModelStore,
  type RunProjection,
  runProjection,
} from '@plenum/runtime';

export type ProjectorParts = {
  readonly log: Log;
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly sets: readonly ReadModelSet[];
  /** Every topic that the sets read. */
  readonly topics: RunProjection['topics'];
  readonly logger: Logger;
  /** Records in one transaction, at most. */
  readonly recordsMax?: number;
  /** Counted while this runs. */
  readonly progress?: ProjectorProgress;
};

/** By set name. */
export type ProjectorProgress = ReadonlyMap<string, ProjectionProgress>;

export const projectorProgress = (sets: readonly ReadModelSet[]): ProjectorProgress =>
  new Map(sets.map(({ name }) => [name, projectionProgress()]));

/**
 * Runs until `stop` aborts and the batches in hand are committed. When one set cannot go on, the others finish
 * their batches too, and this rejects with the reason: a process that projects only some of its sets looks healthy
 * and is not.
 */
export const runProjector = async (parts: ProjectorParts, stop: AbortSignal): Promise<void> => {
  const { sets, progress = projectorProgress(sets) } = parts;
  const failed = new AbortController();
  const anyStop = AbortSignal.any([stop, failed.signal]);

  const runOne = async (set: ReadModelSet): Promise<void> => {
    try {
      await runProjection({ ...parts, set, progress: progress.get(set.name) ?? projectionProgress() }, anyStop);
    } catch (error) {
      parts.logger.error({ set: set.name, error }, 'projection cannot go on');
      failed.abort(error);
    }
  };
  await Promise.all(sets.map(runOne));
  if (failed.signal.aborted) throw failed.signal.reason;
};
