import { setTimeout as delay } from 'node:timers/promises';

/** Waits, or less long if the signal aborts in the meantime; whoever calls looks at the signal next. */
export const pause = async (delayMs: number, signal?: AbortSignal): Promise<void> => {
  await delay(delayMs, undefined, { ...(signal && { signal }) }).catch(() => undefined);
};

export type BackOff = { next(): number; reset(): void };

/** Doubles from `firstMs` to `maxMs`. */
export const backOff = (firstMs: number, maxMs: number): BackOff => {
  let atMs = firstMs;
  return {
    next() {
      const delayMs = atMs;
      atMs = Math.min(atMs * 2, maxMs);
      return delayMs;
    },
    reset() {
      atMs = firstMs;
    },
  };
};

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
