/** Waiting: for a time, for a signal, and longer after every failure. */

/** Waits, or less long if a signal aborts in the meantime. Leaves no timer and no listener behind. */
export const pause = (delayMs: number, ...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });

/** A timer may fire this much before its time. */
const earlyMsMax = 5;

/**
 * Until this process is a multiple of `periodMs` old, so that what it does now and then falls together: to wake up costs it as much as
 * what it does then. Processes keep moments of their own: what several look for, one of them finds sooner.
 * At most `earlyMsMax` longer than the period.
 */
export const untilInStepMs = (periodMs: number, nowMs = performance.now()): number =>
  periodMs + earlyMsMax - ((nowMs + earlyMsMax) % periodMs);

/** Settles when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** How long to wait next; `reset` after a success. */
export type BackOff = { next(): number; reset(): void };

/**
 * `firstMs`, doubled at every failure up to `lastMs`, of which each wait is at least half: those who lost the same thing at
 * the same moment do not come back at the same moment. `random` is from 0 to 1.
 */
export const backOff = (firstMs = 100, lastMs = 5_000, random: () => number = Math.random): BackOff => {
  let waitMs = firstMs;
  return {
    next() {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, lastMs);
      return now / 2 + (now / 2) * random();
    },
    reset() {
      waitMs = firstMs;
    },
  };
};
