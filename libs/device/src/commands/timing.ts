/** When a command is tried, tried again, and no more. All times are microseconds since 1970. */

/** It has to arrive before it expires, so it is not sent in its last moments. */
export const leadUs = 250_000;

/** Beyond it nothing is tried by itself. */
export const attemptsMax = 20;

const firstRetryUs = 2_000_000;
const lastRetryUs = 300_000_000;

/** When an attempt is followed by the next, if nothing is heard of it; `undefined`: by none. */
export const retryAtUs = (nowUs: number, attempt: number): number | undefined =>
  attempt >= attemptsMax ? undefined : nowUs + Math.min(lastRetryUs, firstRetryUs * 2 ** (attempt - 1));

/** How long a command may be sent, and how long a node that has it may say nothing: milliseconds. */
export const expiresInMs = { default: 60_000, min: 1_000, max: 30 * 86_400_000 } as const;
export const answerWithinMs = { default: 30_000, min: 100, max: 86_400_000 } as const;
