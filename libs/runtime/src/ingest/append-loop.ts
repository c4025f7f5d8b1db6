/**
 * Takes entries to the log in order, in batches, one append at a time: a second one in flight could land while the
 * first has to be tried again, and then order would be lost. Collecting while an append is in flight makes batches
 * as large as the log is slow. The batch that cannot be written is also how we learn that the log is back.
 */
import type { NewRecord } from '../log.ts';
import type { Entry } from './connection-queues.ts';
import { type Fifo, fifo } from './fifo.ts';
import type { IngestLimits } from './limits.ts';
import { type SteadyParts, type SteadyProgress, steadyAppend } from './steady-append.ts';

export type AppendLoop = {
  push(entry: Entry): void;
  /** So many queued entries have become `gone`; they are let go of when they are most of the queue. */
  gone(entries: number): void;
  /** `away` from the first failure, or from an append that takes too long, until an append succeeds. */
  state(): 'flowing' | 'away';
  progress(): AppendProgress;
  /** Settles when `stop` was called, or rejects with what is neither a transient failure nor ours to retry: a bug. */
  readonly finished: Promise<void>;
  /** Sends nothing more and hands back what is not known to be durable. An append in flight is left to itself. */
  stop(): readonly Entry[];
};

export type AppendProgress = SteadyProgress & { readonly appends: number; readonly records: number };

export type AppendLoopParts = SteadyParts & {
  readonly limits: IngestLimits;
  /** The batch is durable. */
  readonly appended: (batch: readonly Entry[]) => void;
};

export const appendLoop = (parts: AppendLoopParts): AppendLoop => {
  const { timer, limits, appended } = parts;
  const queue = fifo<Entry>();
  const log = steadyAppend(parts);
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // The caller awaits `finished`; until then it is not unhandled.
  const counters = { appends: 0, records: 0 };
  let running = false;
  let goneInQueue = 0;
  let sending: readonly Entry[] = [];

  const run = async (): Promise<void> => {
    for (sending = take(queue, limits); sending.length > 0; sending = take(queue, limits)) {
      const records = recordsOf(sending);
      if (records.length > 0) {
        if ((await log.append(records)) === 'stopped') return;
        counters.appends += 1;
        counters.records += records.length;
      }
      appended(sending);
    }
    running = false;
  };
  const begin = (): void => {
    run().catch(ended.reject);
  };

  return {
    push: (entry) => {
      queue.push(entry);
      if (running) return;
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
    state: log.state,
    progress: () => ({ ...counters, ...log.progress() }),
    finished: ended.promise,
    stop: () => {
      running = true; // Nothing begins any more.
      log.stop();
      ended.resolve();
      const left = [...sending];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) left.push(next);
      return left.filter(({ state }) => state === 'sending' || state === 'queued');
    },
  };
};

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

/** An entry without one waits for those before it. */
const recordsOf = (entries: readonly Entry[]): readonly NewRecord[] => {
  const records: NewRecord[] = [];
  for (const { record } of entries) if (record !== undefined) records.push(record);
  return records;
};
