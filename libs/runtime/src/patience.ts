/** Waiting out a transient failure, for the loops that have nothing else to do until it is over. */
import { TransientFailure } from './errors.ts';
import { pause as untilStopped } from './pause.ts';
import type { Logger } from './ports.ts';

/** Runs work again, ever more slowly, while it fails for TransientFailure; `undefined` when stopped in the meantime. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T | undefined>;

/** How to wait; settles early when stopped. Simulations bring their own time. */
export type Pause = (delayMs: number, stop: AbortSignal) => Promise<void>;

export type PatienceParts = {
  readonly logger: Logger;
  /** What waits, for the log: a projection's name, for instance. */
  readonly fields: Readonly<Record<string, string>>;
  /** What is said at every wait. */
  readonly message: string;
  readonly progress: { transientWaits: number };
  readonly pause?: Pause | undefined;
};

const delayFirstMs = 50;
const delayMaxMs = 5_000;

export const patience = (
  { logger, fields, message, progress, pause = untilStopped }: PatienceParts,
  stop: AbortSignal,
): Patience => {
  return async (work) => {
    for (let delayMs = delayFirstMs; ; delayMs = Math.min(delayMs * 2, delayMaxMs)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        if (stop.aborted) return undefined;
        progress.transientWaits += 1;
        logger.warn({ ...fields, code: error.code, error: error.message, delayMs }, message);
        await pause(delayMs, stop);
      }
    }
  };
};
