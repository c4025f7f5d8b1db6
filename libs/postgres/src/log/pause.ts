/** Waits that end at once when they are told to stop, and leave no timer and no listener behind. */
export const pause = (timeoutMs: number, ...signals: readonly AbortSignal[]): Promise<void> =>
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
    const timer = setTimeout(end, timeoutMs);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });

/** 100 ms, doubled at every failure up to 5 s, and back to the beginning after a success. */
export type BackOff = { next(): number; reset(): void };

export const backOff = (firstMs = 100, lastMs = 5_000): BackOff => {
  let waitMs = firstMs;
  return {
    next() {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, lastMs);
      return now;
    },
    reset() {
      waitMs = firstMs;
    },
  };
};
