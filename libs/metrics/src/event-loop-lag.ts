/**
 * How late this process comes to what is due. The client's own measurement wakes a process a hundred times a second, which was
 * most of what a process cost at rest; a look every other second sees what lasts as well, and only may miss what is over at once.
 */
import { createHistogram } from 'node:perf_hooks';
import { untilInStepMs } from '@plenum/runtime';

/** In seconds, of the looks since it was read last; 0 when there was none. */
export type EventLoopLag = { readonly p50: number; readonly p99: number; readonly max: number };

const lookEveryMs = 2_000;

/** Begins to measure, for as long as the process lives; it keeps none alive. @returns what reads it. */
export const measureEventLoopLag = (everyMs = lookEveryMs): (() => EventLoopLag) => {
  const lateNs = createHistogram();
  const arm = (): void => {
    const waitMs = untilInStepMs(everyMs);
    const dueMs = performance.now() + waitMs;
    setTimeout(() => {
      // A timer may fire a fraction of a millisecond early, and a histogram holds no 0.
      lateNs.record(Math.max(1, Math.round((performance.now() - dueMs) * 1e6)));
      arm();
    }, waitMs).unref();
  };
  arm();
  return () => {
    const lag = { p50: lateNs.percentile(50) / 1e9, p99: lateNs.percentile(99) / 1e9, max: lateNs.max / 1e9 };
    lateNs.reset();
    return lag;
  };
};
