/** Lets go of what no longer counts. Deleting it twice does no harm, so every process may. */
import { purgeAttempts, purgeSessions } from '@plenum/access';
import { type Clock, type Logger, type ServiceDatabase, type Timer, TransientFailure } from '@plenum/runtime';

export type Purging = { close(): Promise<void> };

export type PurgeParts = {
  readonly database: Pick<ServiceDatabase, 'sql'>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
};

const everyMs = 5 * 60_000;
/** Expired sessions stay for so long: clocks differ, and their tokens say themselves that they have expired. */
const sessionsKeptUs = 3_600 * 1_000_000;

/** Once. @throws TransientFailure */
export const purge = async ({ database, clock }: Pick<PurgeParts, 'database' | 'clock'>): Promise<void> => {
  const nowUs = clock.nowUs();
  await purgeSessions(database.sql, nowUs - sessionsKeptUs);
  await purgeAttempts(database.sql, nowUs);
};

/** Every few minutes until it is closed. What counts requests lets go of its own. */
export const startPurging = (parts: PurgeParts): Purging => {
  const { timer, logger } = parts;
  let purging: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  let closed = false;
  const purgeNow = async (): Promise<void> => {
    try {
      await purge(parts);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof TransientFailure) logger.warn({ reason }, 'what no longer counts is let go of later');
      else logger.error({ reason }, 'letting go of what no longer counts failed');
    }
    if (!closed) schedule();
  };
  const schedule = (): void => {
    cancel = timer.after(everyMs, () => {
      purging = purgeNow();
    });
  };
  schedule();
  return {
    close: async () => {
      closed = true;
      cancel();
      await purging;
    },
  };
};
