/**
 * How many requests somebody may make in a minute that slides: counted in buckets of a second, of which the window holds
 * those that might still have a request of the last 60 seconds in them. So it never lets more than the limit through in
 * any 60 seconds, and a request counts for up to a second longer than it would have to.
 *
 * Several processes share one count. Far from the limit each may take a share in advance and spend it within a second
 * without asking; its requests count in the last second in which they can be spent. What is left over goes back.
 */
export type RateBucket = {
  /** Whole seconds since 1970-01-01T00:00Z. */
  readonly second: number;
  readonly requests: number;
};

export type RateAsk = {
  /** Requests a minute. */
  readonly limit: number;
  /** The current second. */
  readonly second: number;
  /** Requests that wait for the answer. */
  readonly waiting: number;
  /** Requests to take in advance, where that many are left. */
  readonly share: number;
};

export type RateGrant = {
  /** Of those that wait. */
  readonly granted: number;
  readonly share: number;
  /** What is counted now: the window, with what was granted. */
  readonly buckets: readonly RateBucket[];
};

/** When so few are left, nobody takes a share: every request asks, and the last ones go to those who come first. */
export const nearLimit = 20;

/** A bucket leaves the window so many seconds after its own. */
export const bucketLifeS = 61;

/** Those of the buckets that still count. */
export const windowAt = (buckets: readonly RateBucket[], second: number): readonly RateBucket[] =>
  buckets.filter((bucket) => bucket.requests > 0 && bucket.second + bucketLifeS > second);

export const requestsIn = (buckets: readonly RateBucket[]): number =>
  buckets.reduce((sum, { requests }) => sum + requests, 0);

/** Grants what may be granted, the waiting ones first. */
export const grantRequests = (
  counted: readonly RateBucket[],
  { limit, second, waiting, share }: RateAsk,
): RateGrant => {
  const window = windowAt(counted, second);
  const left = Math.max(0, limit - requestsIn(window));
  const granted = Math.min(waiting, left);
  const shared = Math.max(0, Math.min(share, left - granted - nearLimit));
  const buckets = countIn(countIn(window, second, granted), second + 1, shared);
  return { granted, share: shared, buckets };
};

/** Gives back what was left of a share that counted in `second`. */
export const giveBack = (counted: readonly RateBucket[], second: number, unspent: number): readonly RateBucket[] =>
  counted.map((bucket) =>
    bucket.second === second ? { second, requests: Math.max(0, bucket.requests - unspent) } : bucket,
  );

const countIn = (buckets: readonly RateBucket[], second: number, requests: number): readonly RateBucket[] => {
  if (requests === 0) return buckets;
  const own = buckets.find((bucket) => bucket.second === second)?.requests ?? 0;
  return [...buckets.filter((bucket) => bucket.second !== second), { second, requests: own + requests }];
};

/** Seconds until everything that counts now has left the window; 0 when nothing counts. */
export const resetInS = (counted: readonly RateBucket[], second: number): number =>
  Math.max(0, ...windowAt(counted, second).map((bucket) => bucket.second + bucketLifeS - second));

/** Seconds until there is capacity for one more request, at least 1. */
export const roomInS = (counted: readonly RateBucket[], limit: number, second: number): number => {
  const window = windowAt(counted, second).toSorted((a, b) => a.second - b.second);
  let left = limit - requestsIn(window);
  for (const bucket of window) {
    left += bucket.requests;
    if (left > 0) return Math.max(1, bucket.second + bucketLifeS - second);
  }
  return limit > 0 ? 1 : bucketLifeS;
};

/**
 * How much to take in advance for somebody who made so many requests in about the last second: what they will need for
 * the next and half again, but no more than a tenth of their limit, because whatever one process holds the others miss.
 */
export const shareFor = (lastSecond: number, limit: number): number =>
  Math.min(Math.ceil(lastSecond * 1.5), Math.floor(limit / 10));
