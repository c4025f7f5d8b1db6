/** Rate limits in memory, for tests: one table, seen by as many processes as a test pretends there are. */

import type { RateLimiter } from '../rate-limit.ts';
import { grantRequests, type RateBucket, requestsIn, resetInS, roomInS } from '../sliding-minute.ts';
import type { Timer } from '../timer.ts';

export type MemoryRateLimits = {
  /** The table as one more process sees it. It asks every time. */
  open(): RateLimiter;
};

export const memoryRateLimits = (timer: Pick<Timer, 'nowMs'>): MemoryRateLimits => {
  const counted = new Map<string, readonly RateBucket[]>();
  return {
    open: () => ({
      take: (identity, limit) => {
        const second = Math.floor(timer.nowMs() / 1000);
        const { granted, buckets } = grantRequests(counted.get(identity) ?? [], {
          limit,
          second,
          waiting: 1,
          share: 0,
        });
        counted.set(identity, buckets);
        const answer = {
          limit,
          remaining: Math.max(0, limit - requestsIn(buckets)),
          resetS: resetInS(buckets, second),
        };
        if (granted === 1) return { allowed: true, ...answer };
        return { allowed: false, ...answer, retryAfterS: roomInS(buckets, limit, second) };
      },
    }),
  };
};
