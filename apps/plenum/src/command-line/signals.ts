import { constants } from 'node:os';

/** Copies of one signal arrive together when a launcher passes on what the terminal sends anyway; they count once. */
const sameSignalMs = 500;

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP. A later one ends the process at once: a user who insists
 * knows that something hangs. What was acknowledged by then is in the log.
 */
export const stopOnSignals = (process: NodeJS.Process): AbortSignal => {
  const stopping = new AbortController();
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (firstMs === undefined) {
        firstMs = nowMs;
        stopping.abort();
      } else if (nowMs - firstMs > sameSignalMs) {
        process.exit(128 + constants.signals[signal]);
      }
    });
  }
  return stopping.signal;
};
