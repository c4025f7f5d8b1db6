/** Waits at start for a database that is on its way up. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { query } from './pool.ts';

export type WaitSettings = {
  readonly logger: Logger;
  /** When to stop waiting; a minute unless said otherwise. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal;
};

const firstWaitMs = 100;
const longestWaitMs = 1_000;

/**
 * Settles with the first answer.
 * @throws at once what waiting does not cure (a wrong password, no such database); TransientFailure when the time is over or
 *   `stop` aborts.
 */
export const waitForDatabase = async (pool: pg.Pool, settings: WaitSettings): Promise<void> => {
  const { logger, timeoutMs = 60_000, stop } = settings;
  const untilMs = performance.now() + timeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await query(pool, 'select 1');
      return;
    } catch (error) {
      const leftMs = untilMs - performance.now();
      if (!(error instanceof TransientFailure) || leftMs <= 0 || stop?.aborted) throw error;
      logger.warn({ code: error.code, reason: error.message }, 'The database does not answer yet: waiting for it');
      await delay(Math.min(waitMs, leftMs), undefined, { ...(stop && { signal: stop }) }).catch(() => undefined);
    }
  }
};
