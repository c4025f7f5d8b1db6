/** Appends that are tried until they succeed, and what is known about the log meanwhile. */
import { TransientFailure } from '../errors.ts';
import type { Log, NewRecord } from '../log.ts';
import type { Logger } from '../ports.ts';
import type { IngestLimits } from './limits.ts';
import type { Timer } from './timer.ts';

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
  let stopped = false;
  let failing = false;
  let retries = 0;
  let lastAppendMs = 0;
  let begunMs: number | undefined;
  let endPause: (() => void) | undefined;

  const attempt = async (records: readonly NewRecord[]): Promise<boolean> => {
    const startedMs = timer.nowMs();
    try {
      await log.append(records);
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      if (!failing) logger.warn({ code: error.code, reason: error.message }, 'the log is away; holding events');
      failing = true;
      retries += 1;
      return false;
    }
    if (failing) logger.info({ retries }, 'the log takes events again');
    failing = false;
    lastAppendMs = timer.nowMs() - startedMs;
    return true;
  };

  const pause = (delayMs: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = timer.after(delayMs, resolve);
    endPause = () => {
      cancel();
      resolve();
    };
    return promise;
  };

  return {
    append: async (records) => {
      begunMs = timer.nowMs();
      for (let delayMs = retryDelayMsMin; !(await attempt(records)); delayMs *= 2) {
        if (!stopped) await pause(Math.min(delayMs, limits.retryDelayMsMax));
        if (stopped) return 'stopped';
      }
      begunMs = undefined;
      return stopped ? 'stopped' : 'durable';
    },
    state: () =>
      failing || (begunMs !== undefined && timer.nowMs() - begunMs > limits.slowAppendMs) ? 'away' : 'flowing',
    progress: () => ({ retries, lastAppendMs, pendingMs: begunMs === undefined ? 0 : timer.nowMs() - begunMs }),
    stop: () => {
      stopped = true;
      endPause?.();
    },
  };
};

const retryDelayMsMin = 25;
