/** What a limited answer says about the limit, in the three ways that clients look for it. */
import type { RateAnswer } from '@plenum/runtime';

/**
 * `RateLimit` and `RateLimit-Policy` as the IETF drafts them; `X-RateLimit-*`, as most clients know them; and with
 * `-Minute`, as clients of the replaced system do. A reset is seconds from now in the first, and a time in seconds since
 * 1970 in the others.
 */
export const rateHeaders = (
  { limit, remaining, resetS }: RateAnswer,
  nowUs: number,
): Readonly<Record<string, string>> => {
  const limitText = String(limit);
  const left = String(remaining);
  const resetAt = String(Math.ceil(nowUs / 1_000_000) + resetS);
  return {
    'ratelimit-policy': `"minute";q=${limitText};w=60`,
    ratelimit: `"minute";r=${left};t=${resetS}`,
    'x-ratelimit-limit': limitText,
    'x-ratelimit-remaining': left,
    'x-ratelimit-reset': resetAt,
    'x-ratelimit-limit-minute': limitText,
    'x-ratelimit-remaining-minute': left,
    'x-ratelimit-reset-minute': resetAt,
  };
};
