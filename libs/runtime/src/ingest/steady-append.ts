/** Appends that are tried until they succeed, and what is known about the log meanwhile. */
import type { Log, NewRecord } from '../log.ts';
import { backOff } from '../pause.ts';
import type { Logger } from '../ports.ts';
import { type Pause, retryUntilStopped } from '../retry.ts';
import type { Timer } from '../timer.ts';
import type { IngestLimits } from './limits.ts';

export type SteadyAppend = {
  /**
   * Settles when the records are durable, or when `stop` was called. One call at a time.
   * @throws what is not a transient failure: a bug, and nothing to wait for.
   */
  append(records: readonly NewRecord[]): Promise<'durable' | 'stopped'>;
  /** `away` from the first failure, or from an append that takes too long, until an append succeeds. */
  state(): 'flowing' | 'away';
  progress(): SteadyProgress;
  /** Tries nothing more. An append in flight is left to itself. */
  stop(): void;
};

export type SteadyProgress = {
  readonly retries: number;
  /** How long the append under way has taken, retries included; 0 when there is none. */
  readonly pendingMs: number;
  readonly lastAppendMs: number;
};

export type SteadyParts = {
  readonly log: Pick<Log, 'append'>;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly limits: Pick<IngestLimits, 'retryDelayMsMax' | 'slowAppendMs'>;
};

export const steadyAppend = ({ log, timer, logger, limits }: SteadyParts): SteadyAppend => {
  const stopping = new AbortController();
  const stop = stopping.signal;
  let failing = false;
  let retries = 0;
  let lastAppendMs = 0;
  let begunMs: number | undefined;

  const attempt = async (records: readonly NewRecord[]): Promise<void> => {
    const startedMs = timer.nowMs();
    await log.append(records);
    failing = false;
    lastAppendMs = timer.nowMs() - startedMs;
  };

  return {
    append: async (records) => {
      begunMs = timer.nowMs();
      await retryUntilStopped(() => attempt(records), {
        ...{ logger, waiting: 'the log is away; holding events', again: 'the log takes events again', stop },
        ...{ wait: backOff(retryDelayMsMin, limits.retryDelayMsMax), pause: pauseBy(timer) },
        onFailure: () => {
          failing = true;
          retries += 1;
        },
      });
      if (stop.aborted) return 'stopped';
      begunMs = undefined;
      return 'durable';
    },
    state: () =>
      failing || (begunMs !== undefined && timer.nowMs() - begunMs > limits.slowAppendMs) ? 'away' : 'flowing',
    progress: () => ({ retries, lastAppendMs, pendingMs: begunMs === undefined ? 0 : timer.nowMs() - begunMs }),
    stop: () => stopping.abort(),
  };
};

const retryDelayMsMin = 25;

const pauseBy =
  (timer: Timer): Pause =>
  (delayMs, stop) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = timer.after(delayMs, resolve);
    const end = (): void => {
      cancel();
      resolve();
    };
    stop.addEventListener('abort', end, { once: true });
    return promise.finally(() => stop.removeEventListener('abort', end));
  };
