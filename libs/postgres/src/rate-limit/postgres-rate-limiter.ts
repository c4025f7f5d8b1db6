/**
 * Rate limits that all processes on one database share. A busy identity's requests are answered from what this process
 * took in advance; for one that asks seldom, or is near its limit, the database is asked. See `sliding-minute.ts` in
 * libs/runtime for what is counted, and `absence.ts` for what happens while the database is away.
 */
import { type Logger, type RateLimiter, systemTimer, type Timer } from '@plenum/runtime';
import type pg from 'pg';
import { type Account, answerHere, newAccount, noteRequest, settleShares, shareWanted } from './account.ts';
import { rateAsker } from './rate-asker.ts';
import { rateQuestions } from './rate-questions.ts';

export type PostgresRateLimiter = RateLimiter & {
  /** Questions that the database was asked, and answers that were given without. */
  counters(): { readonly asked: number; readonly answeredHere: number };
  /** Gives back what was taken in advance and lets go of the connection. Requests that wait are refused. */
  close(): Promise<void>;
};

export type PostgresRateLimiterParts = {
  /** One connection of it is kept. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
  readonly timer?: Timer;
  /** Seconds since 1970. The database's own clock unless a test turns another, together with `timer`. */
  readonly nowS?: () => number;
};

/** @throws TransientFailure when the database is away. */
export const postgresRateLimiter = async (parts: PostgresRateLimiterParts): Promise<PostgresRateLimiter> => {
  const { pool, logger, timer = systemTimer, nowS } = parts;
  const questions = await rateQuestions(pool, nowS);
  const accounts = new Map<string, Account>();
  const asking = rateAsker({ questions, logger, timer });
  let answeredHere = 0;
  let cancelSweep: (() => void) | undefined;

  /** Gives back what is left of shares that are over, and forgets identities that are idle. */
  const sweep = (): void => {
    const nowMs = timer.nowMs();
    for (const account of accounts.values()) {
      settleShares(account, nowMs);
      if (account.unspent.length > 0) asking.add(account);
      else if (isIdle(account, nowMs)) accounts.delete(account.identity);
    }
    cancelSweep = accounts.size > 0 ? timer.after(sweepMs, sweep) : undefined;
  };
  const accountOf = (identity: string, nowMs: number): Account => {
    const known = accounts.get(identity);
    if (known !== undefined) return known;
    const account = newAccount(identity, nowMs);
    accounts.set(identity, account);
    cancelSweep ??= timer.after(sweepMs, sweep);
    return account;
  };

  return {
    take: (identity, limit) => {
      const nowMs = timer.nowMs();
      const account = accountOf(identity, nowMs);
      noteRequest(account, nowMs);
      const answer = answerHere(account, limit, nowMs);
      if (answer === undefined) return asking.waitFor(account, limit);
      answeredHere += 1;
      if (answer.allowed && shareWanted(account, nowMs) > 0) asking.add(account);
      return answer;
    },
    counters: () => ({ asked: asking.asked(), answeredHere }),
    close: async () => {
      cancelSweep?.();
      await asking.close([...accounts.values()]);
    },
  };
};

/** Longer than a share lasts. */
const sweepMs = 2_000;

const isIdle = ({ shares, waiting, count }: Account, nowMs: number): boolean =>
  shares.length === 0 && waiting.length === 0 && nowMs - count.startedMs > sweepMs * 2;
