/** What every kind of fuzzing is given to report how it goes. */
import type { TargetName } from './options.ts';

export type FuzzTarget = {
  /** So many inputs more were tried. */
  readonly progress: (inputs: number) => void;
  readonly failed: (failure: Failure) => void;
  readonly stop: AbortSignal;
};

export type Failure = {
  readonly target: TargetName;
  readonly problem: string;
  /** What did it, as JSON: kept as a file and replayed by a test. */
  readonly input: unknown;
};
