import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, Weather } from '@plenum/runtime';

export type Patience = {
  readonly logger: Logger;
  /** When to stop waiting; a minute unless said otherwise. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal;
};

const firstWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * Does `work` again and again while the registry is away.
 * @throws what waiting does not cure, at once; Weather when the time is over or `stop` aborts.
 */
export const untilBack = async <T>(work: () => Promise<T>, patience: Patience): Promise<T> => {
  const { logger, timeoutMs = 60_000, stop } = patience;
  const untilMs = performance.now() + timeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await work();
    } catch (error) {
      const leftMs = untilMs - performance.now();
      if (!(error instanceof Weather) || leftMs <= 0 || stop?.aborted) throw error;
      logger.warn({ code: error.code, reason: error.message }, 'The schema registry does not answer: waiting for it');
      await delay(Math.min(waitMs, leftMs), undefined, { ...(stop && { signal: stop }) }).catch(() => undefined);
    }
  }
};
