/**
 * Takes entries to the log in order, in batches, one append at a time: a second one in flight could land while the
 * first has to be tried again, and then order would be lost. Appends begin at an interval: what arrives in between shares
 * one, and a full batch waits for nothing. The batch that cannot be written is also how we learn that the log is back.
 */
import type { NewRecord } from '../log.ts';
import { pacer } from '../pacer.ts';
import type { Entry } from './connection-queues.ts';
import { entryQueue } from './entry-queue.ts';
import type { IngestLimits } from './limits.ts';
import { type SteadyParts, type SteadyProgress, steadyAppend } from './steady-append.ts';

export type AppendLoop = {
  push(entry: Entry): void;
  /** So many queued entries have become `gone`; they are let go of when they are most of the queue. */
  gone(entries: number): void;
  /** When the next append may begin, if its batch is not full before. While one is under way nobody knows; an interval, at most. */
  nextMs(): number;
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
  /** A batch is about to be taken, at the end of the turn. */
  readonly due?: () => void;
  /** The batch is durable. */
  readonly appended: (batch: readonly Entry[]) => void;
};

export const appendLoop = (parts: AppendLoopParts): AppendLoop => {
  const { timer, limits, appended } = parts;
  const queue = entryQueue(limits);
  const log = steadyAppend(parts);
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // The caller awaits `finished`; until then it is not unhandled.
  const counters = { appends: 0, records: 0 };
  /** One append at a time. */
  let running = false;
  let sending: readonly Entry[] = [];

  const load = () => (running ? 'none' : queue.load());
  const sendOne = async (): Promise<boolean> => {
    sending = queue.take();
    const records = recordsOf(sending);
    if (records.length > 0) {
      if ((await log.append(records)) === 'stopped') return false;
      counters.appends += 1;
      counters.records += records.length;
    }
    appended(sending);
    return true;
  };
  const run = async (): Promise<void> => {
    do {
      pace.began();
      running = true;
      if (!(await sendOne())) return;
      running = false;
      pace.ended();
    } while (queue.load() === 'full');
    pace.consider();
  };
  const pace = pacer({
    ...{ timer, intervalMs: limits.intervalMs, load },
    ...(parts.due && { due: parts.due }),
    begin: () => void run().catch(ended.reject),
  });

  return {
    push: (entry) => {
      queue.push(entry);
      pace.consider();
    },
    gone: queue.gone,
    nextMs: () => Math.max(pace.nextMs(), running ? timer.nowMs() + limits.intervalMs : Number.NEGATIVE_INFINITY),
    state: log.state,
    progress: () => ({ ...counters, ...log.progress() }),
    finished: ended.promise,
    stop: () => {
      pace.stop();
      log.stop();
      ended.resolve();
      return [...sending, ...queue.drain()].filter(({ state }) => state === 'sending' || state === 'queued');
    },
  };
};

/** An entry without one waits for those before it. */
const recordsOf = (entries: readonly Entry[]): readonly NewRecord[] => {
  const records: NewRecord[] = [];
  for (const { record } of entries) if (record !== undefined) records.push(record);
  return records;
};
