/** The projector: every projection follows the log, each with its own checkpoints, all in one process. */
import { collectSooner } from '@plenum/assembly';
import type { Projection } from '@plenum/read-model';
import { type ConsumerProgress, consumerProgress, type RunBuilds, runBuilds } from '@plenum/runtime';

export type ProjectorParts = Pick<RunBuilds, 'log' | 'store' | 'codec' | 'projections' | 'topics' | 'logger'> & {
  /** Records of one partition in one transaction, at most, and beyond which no other partition joins in. */
  readonly recordsMax?: number;
  /** Transactions of a projection begin at least so far apart, unless so many records wait; 0 unless given. */
  readonly intervalMs?: number;
  /** Counted while this runs. */
  readonly progress?: ProjectorProgress;
};

/** By projection name, of the build that queries see. */
export type ProjectorProgress = Map<string, ConsumerProgress>;

export const projectorProgress = (projections: readonly Projection[]): ProjectorProgress =>
  new Map(projections.map(({ name }) => [name, consumerProgress()]));

/** Runs until `stop` aborts and the batches in hand are committed. @throws as `runBuilds`. */
export const runProjector = (parts: ProjectorParts, stop: AbortSignal): Promise<void> => {
  collectSooner('projector');
  return runBuilds(parts, stop);
};
