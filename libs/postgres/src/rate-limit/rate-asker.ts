/** Asks the database for all accounts: one question at a time, which takes along everything there is to ask by then. */
import { type Logger, type RateAnswer, type Timer, TransientFailure } from '@plenum/runtime';
import { absence } from './absence.ts';
import { type Account, settleShares, shareWanted, takeIn } from './account.ts';
import type { RateQuestion, RateQuestions } from './rate-questions.ts';

export type RateAsker = {
  /** Asks for an account soon: for a share, to give something back, or for those who wait. */
  add(account: Account): void;
  /** The answer to one more request. Rejects with TransientFailure, see `absence`. */
  waitFor(account: Account, limit: number): Promise<RateAnswer>;
  /** Questions so far. */
  asked(): number;
  /** Refuses requests that wait, and gives back what these accounts have left. */
  close(accounts: readonly Account[]): Promise<void>;
};

export type RateAskerParts = { readonly questions: RateQuestions; readonly logger: Logger; readonly timer: Timer };

/** In one question. */
const identitiesMax = 500;
/** In all; beyond it the database is as good as away. */
const waitingMax = 10_000;

export const rateAsker = ({ questions, logger, timer }: RateAskerParts): RateAsker => {
  const queue = accountQueue();
  const away = absence({ logger, timer, refuse: () => queue.rejectAll(notCounted()) });
  const purgeNow = purging(questions, timer);
  let running: Promise<void> | undefined;
  let asked = 0;
  let closed = false;

  /** One question. What it could not ask stays to be asked. */
  const turn = async (): Promise<void> => {
    const batch = queue.take(identitiesMax);
    const atMs = timer.nowMs();
    try {
      asked += 1;
      await askFor(batch, { queue, questions, timer, atMs });
      away.noteBack();
      await purgeNow();
    } catch (error) {
      for (const account of batch) queue.add(account);
      if (!(error instanceof TransientFailure)) throw error;
      away.noteAway(atMs, error);
      if (away.isRefusing()) queue.rejectAll(notCounted());
      await away.pause();
    }
  };
  const run = async (): Promise<void> => {
    // Requests that come in the same turn of the event loop are asked for together.
    await Promise.resolve();
    try {
      while (!closed && (!queue.isEmpty() || away.isAway())) await turn();
    } catch (error) {
      // A bug is reported to those whom it keeps from an answer. The next request asks anew.
      logger.error({ reason: String(error) }, 'counting requests failed');
      queue.rejectAll(error instanceof Error ? error : new Error(String(error)));
      queue.take(Number.POSITIVE_INFINITY);
    } finally {
      running = undefined;
    }
  };
  const add = (account: Account): void => {
    queue.add(account);
    if (!closed) running ??= run();
  };

  return {
    add,
    asked: () => asked,
    waitFor: (account, limit) => {
      if (closed || away.isRefusing() || queue.waiting() >= waitingMax) return Promise.reject(notCounted());
      account.limit = limit;
      const answer = queue.wait(account);
      add(account);
      return answer;
    },
    close: async (accounts) => {
      closed = true;
      away.end();
      await running;
      queue.rejectAll(notCounted());
      if (!away.isAway()) await giveBackAll(questions, accounts);
      await questions.close();
    },
  };
};

type Waiting = PromiseWithResolvers<RateAnswer>;

/** Accounts with something to ask, and how many wait at all of them together. */
const accountQueue = () => {
  const toAsk = new Set<Account>();
  let waiting = 0;
  const takeWaiting = (account: Account, count: number): readonly Waiting[] => {
    const taken = account.waiting.splice(0, count);
    waiting -= taken.length;
    return taken;
  };
  return {
    isEmpty: () => toAsk.size === 0,
    waiting: () => waiting,
    add: (account: Account) => void toAsk.add(account),
    take: (max: number): readonly Account[] => {
      const taken = [...toAsk.values().take(max)];
      for (const account of taken) toAsk.delete(account);
      return taken;
    },
    wait: (account: Account): Promise<RateAnswer> => {
      const one = Promise.withResolvers<RateAnswer>();
      account.waiting.push(one);
      waiting += 1;
      return one.promise;
    },
    takeWaiting,
    rejectAll: (why: Error): void => {
      for (const account of toAsk) for (const one of takeWaiting(account, account.waiting.length)) one.reject(why);
    },
  };
};

type Asking = {
  readonly queue: ReturnType<typeof accountQueue>;
  readonly questions: RateQuestions;
  readonly timer: Timer;
  readonly atMs: number;
};

const askFor = async (accounts: readonly Account[], { queue, questions, timer, atMs }: Asking): Promise<void> => {
  const batch = accounts.map((account) => questionOf(account, atMs));
  const answers = await questions.ask(batch);
  const answeredMs = timer.nowMs();
  for (const [index, account] of accounts.entries()) {
    const [question, answer] = [batch[index], answers[index]];
    if (question === undefined || answer === undefined) throw new Error('a question about requests has no answer');
    const waited = queue.takeWaiting(account, question.waiting);
    takeIn(account, answer, { atMs, answeredMs, share: question.share, waited });
    if (account.waiting.length > 0 || account.unspent.length > 0) queue.add(account);
  }
};

const notCounted = (): TransientFailure => new TransientFailure('rate-limits-away', 'requests cannot be counted now');

const nothing = { second: 0, requests: 0 };

/** What is given back is forgotten here before anybody knows whether it arrived: given back twice, it would be too much. */
const questionOf = (account: Account, nowMs: number): RateQuestion => {
  settleShares(account, nowMs);
  const { identity, limit, waiting, unspent } = account;
  const share = shareWanted(account, nowMs);
  return { identity, limit, waiting: waiting.length, share, back: unspent.shift() ?? nothing };
};

/** What cannot be given back leaves the minute by itself. */
const giveBackAll = async (questions: RateQuestions, accounts: readonly Account[]): Promise<void> => {
  for (const account of accounts) settleShares(account, Number.POSITIVE_INFINITY);
  const batch = accounts.flatMap(({ identity, limit, unspent }) =>
    unspent.map((back) => ({ identity, limit, waiting: 0, share: 0, back })),
  );
  if (batch.length === 0) return;
  await questions.ask(batch).catch((error: unknown) => {
    if (!(error instanceof TransientFailure)) throw error;
  });
};

const purgeEveryMs = 60_000;

/** Removes what counts no longer, once in a while. */
const purging = (questions: RateQuestions, timer: Timer): (() => Promise<void>) => {
  let purgedMs = timer.nowMs();
  return async () => {
    if (timer.nowMs() - purgedMs < purgeEveryMs) return;
    purgedMs = timer.nowMs();
    await questions.purge();
  };
};
