/** Trying again what failed transiently: the one loop of everything that waits for something outside to come back. */
import { TransientFailure } from './errors.ts';
import { type BackOff, backOff, pause as pauseByClock } from './pause.ts';
import type { Logger } from './ports.ts';

/** How to wait; settles early when stopped. Simulations and loops with a timer of their own bring theirs. */
export type Pause = (delayMs: number, stop: AbortSignal) => Promise<void>;

export type RetrySettings = {
  readonly logger: Logger | undefined;
  /** Said at the first failure, and again every `remindMs`: what waits, and for what. */
  readonly waiting: string;
  /** A minute unless said otherwise; 0 says it at every wait. */
  readonly remindMs?: number;
  /** Said once it works again. */
  readonly again?: string;
  /** Which of several this is, for the log: a topic and its partition, for instance. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** How long to wait after a failure; 100 ms to 5 s unless said otherwise. */
  readonly wait?: BackOff;
  /** Ends the waiting. Work that is under way is left to end by itself. */
  readonly stop?: AbortSignal | undefined;
  /** No further attempt is made when so much time has passed since the first one began. */
  readonly forMs?: number | undefined;
  /** What an error of `work` means: adapters translate their driver's. */
  readonly translate?: (error: unknown) => unknown;
  /** What is tried again: transient failures, unless said otherwise. Anything else among them is logged as an error. */
  readonly isRetried?: (failure: unknown) => boolean;
  /** Called with every failure that is tried again, before the wait. */
  readonly onFailure?: (failure: unknown) => void;
  readonly pause?: Pause | undefined;
};

/** What `work` is given: it says that it came on, so that the next failure is waited out briefly again. */
export type Progressed = () => void;

/**
 * Runs `work` until it succeeds, waiting longer after every transient failure, with jitter.
 * @throws what is not tried again, at once; the last failure, when stopped or out of time.
 */
export const retry = async <T>(work: (progressed: Progressed) => Promise<T>, settings: RetrySettings): Promise<T> => {
  const { wait = backOff(), stop = never, forMs = Number.POSITIVE_INFINITY, pause = pauseByClock } = settings;
  const { translate = asItIs, isRetried = isTransient, onFailure } = settings;
  const untilMs = performance.now() + forMs;
  const story = tell(settings);
  const progressed = (): void => {
    wait.reset();
    story.again();
  };
  for (;;) {
    try {
      const result = await work(progressed);
      progressed();
      return result;
    } catch (error) {
      const failure = translate(error);
      const leftMs = untilMs - performance.now();
      if (!isRetried(failure)) throw failure;
      onFailure?.(failure);
      if (leftMs <= 0 || stop.aborted) throw failure;
      const delayMs = Math.min(wait.next(), leftMs);
      story.failed(failure, delayMs);
      await pause(delayMs, stop);
      if (stop.aborted) throw failure;
    }
  }
};

/** The same for loops that end when they are stopped: `undefined` then, unless `work` failed of something else. */
export const retryUntilStopped = async <T>(
  work: (progressed: Progressed) => Promise<T>,
  settings: RetrySettings & { readonly stop: AbortSignal },
): Promise<T | undefined> => {
  const { stop, translate = asItIs, isRetried = isTransient } = settings;
  if (stop.aborted) return undefined;
  try {
    return await retry(work, settings);
  } catch (error) {
    if (stop.aborted && isRetried(translate(error))) return undefined;
    throw error;
  }
};

const never = new AbortController().signal;

const asItIs = (error: unknown): unknown => error;

const isTransient = (failure: unknown): boolean => failure instanceof TransientFailure;

/** An outage of an hour is a line a minute, and the line that ends it says how often it was tried. */
const tell = ({ logger, waiting, again = 'it works again', fields, remindMs = 60_000 }: RetrySettings) => {
  let failures = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  return {
    failed: (failure: unknown, delayMs: number): void => {
      failures += 1;
      if (failure instanceof TransientFailure) {
        const nowMs = performance.now();
        if (nowMs - saidMs < remindMs) return;
        saidMs = nowMs;
        logger?.warn({ ...fields, code: failure.code, reason: failure.message, failures, delayMs }, waiting);
        return;
      }
      const reason = failure instanceof Error ? failure.message : String(failure);
      logger?.error({ ...fields, reason, failures, delayMs }, waiting);
    },
    again: (): void => {
      if (failures > 0) logger?.info({ ...fields, failures }, again);
      failures = 0;
      saidMs = Number.NEGATIVE_INFINITY;
    },
  };
};
