/**
 * Takes entries to the log in order, in batches, one append at a time: a second one in flight could land while the
 * first has to be tried again, and then order would be lost. Collecting while an append is in flight makes batches
 * as large as the log is slow.
 */
import { Weather } from '../errors.ts';
import type { Log, NewRecord } from '../log.ts';
import type { Logger } from '../ports.ts';
import { type Fifo, fifo } from './fifo.ts';
import type { IngestLimits } from './limits.ts';
import type { Entry } from './lines.ts';
import type { Timer } from './timer.ts';

export type AppendLoop = {
  push(entry: Entry): void;
  /** So many queued entries have become `gone`; they are let go of when they are most of the queue. */
  gone(entries: number): void;
  /** `away` from the first failure, or from an append that takes too long, until an append succeeds. */
  state(): 'flowing' | 'away';
  progress(): AppendProgress;
  /** Settles when `stop` was called, or rejects with what is neither weather nor ours to retry: a bug. */
  readonly finished: Promise<void>;
  /** Sends nothing more and hands back what is not known to be durable. An append in flight is left to itself. */
  stop(): readonly Entry[];
};

export type AppendProgress = {
  readonly appends: number;
  readonly records: number;
  readonly retries: number;
  /** How long the append in flight has been under way; 0 when there is none. */
  readonly pendingMs: number;
  readonly lastAppendMs: number;
};

export type AppendLoopParts = {
  readonly log: Pick<Log, 'append'>;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly limits: IngestLimits;
  /** The batch is durable. */
  readonly appended: (batch: readonly Entry[]) => void;
};

export const appendLoop = ({ log, timer, logger, limits, appended }: AppendLoopParts): AppendLoop => {
  const queue = fifo<Entry>();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // Whoever runs the loop awaits `finished`; until then it is not unhandled.
  const figures = { appends: 0, records: 0, retries: 0, lastAppendMs: 0 };
  let running = false;
  let stopped = false;
  let failing = false;
  let goneInQueue = 0;
  let sending: readonly Entry[] = [];
  let begunMs: number | undefined;
  let endPause: (() => void) | undefined;

  const pause = (delayMs: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = timer.after(delayMs, resolve);
    endPause = () => {
      cancel();
      resolve();
    };
    return promise;
  };

  /** Tries until it is in the log. The batch that cannot be written is also how we learn that the log is back. */
  const appendUntilDurable = async (records: readonly NewRecord[]): Promise<void> => {
    for (let attempt = 0; !stopped; attempt += 1) {
      const startedMs = timer.nowMs();
      begunMs ??= startedMs;
      try {
        await log.append(records);
        figures.lastAppendMs = timer.nowMs() - startedMs;
        if (failing) logger.info({ attempts: attempt + 1 }, 'the log takes events again');
        failing = false;
        return;
      } catch (error) {
        if (!(error instanceof Weather)) throw error;
        if (!failing) logger.warn({ code: error.code, reason: error.message }, 'the log is away; holding events');
        failing = true;
        figures.retries += 1;
      }
      if (!stopped) await pause(Math.min(limits.retryDelayMsMax, retryDelayMsMin * 2 ** Math.min(attempt, 16)));
    }
  };

  const run = async (): Promise<void> => {
    for (sending = take(queue, limits); sending.length > 0 && !stopped; sending = take(queue, limits)) {
      await appendUntilDurable(sending.map(recordOf));
      begunMs = undefined;
      if (stopped) return;
      figures.appends += 1;
      figures.records += sending.length;
      appended(sending);
    }
    running = false;
  };

  const begin = (): void => {
    run().catch((error: unknown) => {
      stopped = true;
      ended.reject(error);
    });
  };

  return {
    push: (entry) => {
      queue.push(entry);
      if (running || stopped) return;
      running = true;
      if (limits.lingerMs > 0) timer.after(limits.lingerMs, begin);
      else timer.soon(begin);
    },
    gone: (entries) => {
      goneInQueue += entries;
      if (goneInQueue * 2 < queue.length()) return;
      queue.keep((entry) => entry.state !== 'gone');
      goneInQueue = 0;
    },
    state: () =>
      failing || (begunMs !== undefined && timer.nowMs() - begunMs > limits.slowAppendMs) ? 'away' : 'flowing',
    progress: () => ({ ...figures, pendingMs: begunMs === undefined ? 0 : timer.nowMs() - begunMs }),
    finished: ended.promise,
    stop: () => {
      stopped = true;
      endPause?.();
      ended.resolve();
      const left = [...sending];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) left.push(next);
      return left.filter((entry) => entry.state === 'sending' || entry.state === 'queued');
    },
  };
};

const retryDelayMsMin = 25;

const take = (queue: Fifo<Entry>, { batchRecordsMax, batchBytesMax }: IngestLimits): readonly Entry[] => {
  const batch: Entry[] = [];
  let sizeBytes = 0;
  while (batch.length < batchRecordsMax) {
    const next = queue.peek();
    if (next === undefined || (batch.length > 0 && sizeBytes + next.sizeBytes > batchBytesMax)) break;
    queue.shift();
    if (next.state === 'gone') continue;
    next.state = 'sending';
    sizeBytes += next.sizeBytes;
    batch.push(next);
  }
  return batch;
};

const recordOf = ({ record }: Entry): NewRecord => {
  if (record === undefined) throw new Error('an entry without a record was queued');
  return record;
};
