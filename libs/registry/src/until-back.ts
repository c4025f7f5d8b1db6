import { backOff, type Logger, retry } from '@plenum/runtime';

export type Patience = {
  readonly logger: Logger;
  /** When to stop waiting; a minute unless said otherwise. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal;
};

/**
 * Does `work` again and again while the registry is away; says so, and says when it is back.
 * @throws what waiting does not cure, at once; TransientFailure when the time is over or `stop` aborts.
 */
export const untilBack = <T>(work: () => Promise<T>, { logger, timeoutMs = 60_000, stop }: Patience): Promise<T> =>
  retry(work, {
    ...{ logger, stop, forMs: timeoutMs, wait: backOff(100, 1_000) },
    ...{ waiting: 'Waiting for the schema registry', again: 'The schema registry answers' },
  });
