/** Waits at start for a database that is on its way up. */
import { backOff, type Logger, retry } from '@plenum/runtime';
import type pg from 'pg';
import { query } from './pool.ts';

export type WaitSettings = {
  readonly logger: Logger;
  /** When to stop waiting; a minute unless said otherwise. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal;
};

/**
 * Settles with the first answer.
 * @throws at once what waiting does not cure (a wrong password, no such database); TransientFailure when the time is over or
 *   `stop` aborts.
 */
export const waitForDatabase = async (pool: pg.Pool, settings: WaitSettings): Promise<void> => {
  const { logger, timeoutMs = 60_000, stop } = settings;
  await retry(() => query(pool, 'select 1'), {
    ...{ logger, stop, forMs: timeoutMs, wait: backOff(100, 1_000) },
    ...{ waiting: 'The database does not answer yet: waiting for it', again: 'The database answers' },
  });
};
