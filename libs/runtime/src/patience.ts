/** Waiting out transient failures, for the loops that have nothing else to do until they are over. */
import { backOff } from './pause.ts';
import type { Logger } from './ports.ts';
import { type Pause, retryUntilStopped } from './retry.ts';

export type { Pause } from './retry.ts';

/** Runs work again, ever more slowly, while it fails transiently; `undefined` when stopped in the meantime. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T | undefined>;

export type PatienceParts = {
  readonly logger: Logger;
  /** What waits, for the log: a projection's name, for instance. */
  readonly fields: Readonly<Record<string, string>>;
  /** What is said while it waits. */
  readonly message: string;
  readonly progress: { transientWaits: number };
  readonly pause?: Pause | undefined;
};

export const patience =
  ({ logger, fields, message, progress, pause }: PatienceParts, stop: AbortSignal): Patience =>
  (work) =>
    retryUntilStopped(work, {
      ...{ logger, fields, waiting: message, remindMs: 0, stop, pause, wait: backOff(50, 5_000) },
      onFailure: () => {
        if (!stop.aborted) progress.transientWaits += 1;
      },
    });
