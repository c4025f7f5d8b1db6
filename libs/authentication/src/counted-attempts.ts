/** Attempts at a login while they last: counted as failures first, and taken back when they were none. */
import { type Attempt, type Attempted, beginAttempt, endAttempt, takeBackAttempt } from '@plenum/access';
import type { Sql } from '@plenum/read-model';
import { TransientFailure } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';

export type CountedAttempts = {
  /** @throws TransientFailure */
  begin(attempted: Attempted): Promise<Attempt>;
  /** The password was right. */
  forget(attempted: Attempted): Promise<void>;
  /** It is unknown whether the password was right. */
  takeBack(attempted: Attempted): Promise<void>;
  /** What a right password leads to; forgets the attempt when that fails for no fault of the one who knew it. */
  lead<T extends { readonly outcome: string }>(attempted: Attempted, work: () => Promise<T>): Promise<T>;
};

export const countedAttempts = ({ database, logger }: Pick<AccountContext, 'database' | 'logger'>): CountedAttempts => {
  const uncounted = async (what: string, work: (sql: Sql) => Promise<void>): Promise<void> => {
    try {
      await database.transact(work);
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ reason: error.message }, `a login that ${what} stays counted as a failure`);
    }
  };
  const forget = (attempted: Attempted): Promise<void> => uncounted('was right', (sql) => endAttempt(sql, attempted));

  return {
    begin: (attempted) => database.transact((sql) => beginAttempt(sql, attempted)),
    forget,
    takeBack: (attempted) => uncounted('nobody could judge', (sql) => takeBackAttempt(sql, attempted)),
    lead: async (attempted, work) => {
      let answered: string | undefined;
      try {
        const answer = await work();
        answered = answer.outcome;
        return answer;
      } finally {
        if (answered === undefined || answered === 'unavailable' || answered === 'conflict') await forget(attempted);
      }
    },
  };
};
