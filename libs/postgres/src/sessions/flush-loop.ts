/** Carries out what is in the queue: one transaction at a time, which takes along everything that goes together by then. */
import { backOff, type Logger, Poison, pause, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { inPipelinedTransaction } from '../pool.ts';
import { type Ask, askOf } from './ask.ts';
import { type OperationQueue, operationQueue, type Queued } from './operation-queue.ts';
import type { Batched, Operation } from './operations.ts';
import type { Ownership } from './ownership.ts';
import { runBatch } from './run-batch.ts';

export type FlushLoop = Pick<OperationQueue, 'cancel'> & {
  /** Settles when it is done. */
  add<T>(operation: Operation): Promise<T>;
  /** Tries what is left until it is done, or until the database does not take it; that is rejected then. */
  close(): Promise<void>;
};

export type FlushLoopParts = {
  readonly pool: pg.Pool;
  readonly owned: Ownership;
  readonly logger: Logger;
  /** How long messages wait that may still be cancelled, when nobody waits for anything else. */
  readonly lingerMs: number;
};

/** Operations in one transaction. */
const countMost = 4_000;

const answerIn = (pool: pg.Pool, answer: (ask: Ask) => Promise<unknown>): Promise<unknown> =>
  inPipelinedTransaction(pool, async (client, begun) => {
    await begun;
    return answer(askOf(client));
  });

const carryOut = async (
  { pool, owned }: Pick<FlushLoopParts, 'pool' | 'owned'>,
  queued: readonly Queued[],
): Promise<void> => {
  const [first] = queued;
  if (first?.operation.does === 'question') {
    first.resolve(await answerIn(pool, first.operation.answer));
    return;
  }
  // Questions come alone.
  const batch = queued.map(({ operation }) => operation as Batched);
  const answers = await owned.give((giving) => runBatch(pool, giving, batch));
  for (const [index, one] of queued.entries()) one.resolve(answers[index]);
};

export const flushLoop = ({ pool, owned, logger, lingerMs }: FlushLoopParts): FlushLoop => {
  const queue = operationQueue();
  const wait = backOff(100, 2_000);
  const closing = new AbortController();
  let hurry = new AbortController();
  let running: Promise<void> | undefined;
  let countMax = countMost;
  let isAway = false;

  const turn = async (): Promise<void> => {
    const queued = queue.next(countMax);
    if (queued.length === 0) return;
    try {
      await carryOut({ pool, owned }, queued);
      countMax = Math.min(countMost, countMax * 2);
      if (isAway) logger.info({}, 'sessions are written again');
      isAway = false;
      wait.reset();
    } catch (error) {
      if (error instanceof TransientFailure) await waitOut(queued, error);
      else refuse(queued, error instanceof Error ? error : new Error(String(error)));
    }
  };
  const waitOut = async (queued: readonly Queued[], failure: TransientFailure): Promise<void> => {
    queue.putBack(queued);
    // A batch that takes too long is not tried again as large as it was.
    countMax = Math.max(1, Math.ceil(Math.min(countMax, queued.length) / 2));
    // Rolled back because of another transaction: nobody has to hear of that.
    if (failure.code.startsWith('40')) return;
    queue.rejectTakes(failure);
    if (closing.signal.aborted) queue.rejectAll(failure);
    if (!isAway) logger.warn({ code: failure.code, reason: failure.message }, 'sessions cannot be written');
    isAway = true;
    if (!queue.isEmpty()) await pause(wait.next(), closing.signal);
  };
  /** One by one, so that only what cannot be done is refused. */
  const refuse = (queued: readonly Queued[], error: Error): void => {
    const [only] = queued;
    if (only !== undefined && queued.length === 1) {
      if (!(error instanceof Poison)) logger.error({ reason: error.message }, 'a session could not be written');
      only.reject(error);
      return;
    }
    queue.putBack(queued);
    countMax = Math.max(1, Math.floor(queued.length / 2));
  };
  const run = async (): Promise<void> => {
    while (!queue.isEmpty()) {
      hurry = new AbortController();
      if (queue.canLinger() && !isAway) await pause(lingerMs, hurry.signal, closing.signal);
      // What is asked for in this turn of the event loop goes together.
      await new Promise((resolve) => setImmediate(resolve));
      await turn();
    }
    running = undefined;
  };
  return {
    cancel: queue.cancel,
    add: <T>(operation: Operation) => {
      if (closing.signal.aborted)
        return Promise.reject(new TransientFailure('closed', 'this store of sessions is closed'));
      const done = queue.add<T>(operation);
      if (!queue.canLinger()) hurry.abort();
      running ??= run();
      return done;
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
};
