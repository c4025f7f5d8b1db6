import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, TransientFailure } from '@plenum/runtime';

export type Patience = {
  readonly logger: Logger;
  /** When to stop waiting; a minute unless said otherwise. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal;
};

const firstWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * Does `work` again and again while the registry is away; says so once, and once when it is back.
 * @throws what waiting does not cure, at once; TransientFailure when the time is over or `stop` aborts.
 */
export const untilBack = async <T>(work: () => Promise<T>, patience: Patience): Promise<T> => {
  const { logger, timeoutMs = 60_000, stop } = patience;
  const untilMs = performance.now() + timeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      const result = await work();
      if (waitMs > firstWaitMs) logger.info({}, 'The schema registry answers');
      return result;
    } catch (error) {
      const leftMs = untilMs - performance.now();
      if (!(error instanceof TransientFailure) || leftMs <= 0 || stop?.aborted) throw error;
      if (waitMs === firstWaitMs)
        logger.warn({ code: error.code, reason: error.message }, 'Waiting for the schema registry');
      await delay(Math.min(waitMs, leftMs), undefined, { ...(stop && { signal: stop }) }).catch(() => undefined);
    }
  }
};
