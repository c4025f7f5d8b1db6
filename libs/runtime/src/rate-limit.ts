/** Limits on how often somebody may ask, in a minute that slides, counted for all processes together. */

export type RateLimiter = {
  /**
   * Counts one request of `identity`, of which at most `limitPerMinute` (a whole number, 1 or more) are let through in
   * any 60 seconds, by however many processes. The answer is there at once when this process need not ask for it.
   *
   * Rejects with TransientFailure when nobody has been able to count for a while. The caller lets nothing through then:
   * a limit that is not counted is none, and a flood is the likeliest reason for it.
   */
  take(identity: string, limitPerMinute: number): RateAnswer | Promise<RateAnswer>;
};

export type RateAnswer = {
  readonly allowed: boolean;
  /** Requests a minute. */
  readonly limit: number;
  /** Requests that would still be let through now. */
  readonly remaining: number;
  /** Whole seconds until none of the requests that count now counts any more. */
  readonly resetS: number;
  /** Only where it was not allowed: whole seconds until one more can be, at least 1. */
  readonly retryAfterS?: number;
};
