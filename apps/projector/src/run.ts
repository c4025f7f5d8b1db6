/** The projector: every projection follows the log, each with its own checkpoints, all in one process. */
import type { Projection } from '@plenum/read-model';
import { type ConsumerProgress, consumerProgress, type RunBuilds, runBuilds } from '@plenum/runtime';

export type ProjectorParts = Pick<RunBuilds, 'log' | 'store' | 'codec' | 'projections' | 'topics' | 'logger'> & {
  /** Records in one transaction, at most. */
  readonly recordsMax?: number;
  /** Counted while this runs. */
  readonly progress?: ProjectorProgress;
};

/** By projection name, of the build that queries see. */
export type ProjectorProgress = Map<string, ConsumerProgress>;

export const projectorProgress = (projections: readonly Projection[]): ProjectorProgress =>
  new Map(projections.map(({ name }) => [name, consumerProgress()]));

/** Runs until `stop` aborts and the batches in hand are committed. @throws as `runBuilds`. */
export const runProjector = (parts: ProjectorParts, stop: AbortSignal): Promise<void> => runBuilds(parts, stop);
