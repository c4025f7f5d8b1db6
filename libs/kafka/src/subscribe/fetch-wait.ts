/**
 * How long a broker may wait for records before it answers a fetch that there are none. An answer costs both sides, and a process has
 * as many fetches as groups; on the other hand, what is sought, and that the group goes on without somebody, is heeded when the fetch
 * under way has been answered. So it is short while records come, and longer and longer while none do.
 */
import { untilInStepMs } from '@plenum/runtime';

/** With every partition paused or none assigned, kafkajs sleeps as long before it looks again; its default is 5 s. */
export const leastWaitMs = 200;
/** A heartbeat follows each fetch: a member is silent for a third of the shortest session that brokers grant. */
const mostWaitMs = 2_000;

/** After so many fetches one after the other that brought nothing. The longest end together in all of a process. */
export const fetchWaitMs = (inVain: number, nowMs?: number): number => {
  const waitMs = leastWaitMs * 2 ** inVain;
  return waitMs < mostWaitMs ? waitMs : Math.round(untilInStepMs(mostWaitMs, nowMs));
};
