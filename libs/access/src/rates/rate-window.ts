/**
 * The arithmetic of a rate limit that several processes share: how many requests an identity had in the last minute,
 * and how many more one process may let through without asking again.
 *
 * Time is cut into seconds of one clock, the database's. A window remembers how many requests each second was given.
 * Requests are given to processes in reservations; one is good for the rest of the second it was given in, and every
 * request let through on it is therefore in that second. Sixty seconds of real time touch at most 61 of these seconds,
 * so whoever counts this second and the 60 before it never lets more through than the limit, in any minute whatever.
 * The price is that a request counts for up to a second longer than a minute.
 */

/** Seconds, this one included, that are counted: see above why it is not 60. */
export const secondsCounted = 61;

/** Below so many remaining, nothing is reserved ahead: every request asks, and answers are exact. */
export const exactBelow = 20;

/** A reservation is at most this part of what remains above `exactBelow`: what others may need is not taken away. */
const shareOfRest = 4;

/** What an identity was given. `given[i]` is of second `second - i`; what is missing is 0. At most `secondsCounted` long. */
export type RateWindow = { readonly second: number; readonly given: readonly number[] };

export const emptyWindow: RateWindow = { second: 0, given: [] };

/** The same window at a later second. A clock that was set back stands still until it is right again. */
export const advance = (window: RateWindow, second: number): RateWindow => {
  const passed = second - window.second;
  if (passed <= 0) return window;
  if (passed >= secondsCounted) return { second, given: [] };
  const zeros = Array.from({ length: passed }, () => 0);
  return { second, given: [...zeros, ...window.given].slice(0, secondsCounted) };
};

/** Requests that count at the window's second. */
export const counted = (window: RateWindow): number => window.given.reduce((sum, given) => sum + given, 0);

/** What an identity is told, and what `RateLimit` headers are made of. */
export type RateAnswer = {
  readonly limit: number;
  /** Requests that would still be let through. Never negative. */
  readonly remaining: number;
  /**
   * The second in which more will remain than now: when the oldest request that counts no longer does, or, where the
   * limit was lowered meanwhile, when so many no longer do that one fits. The window's own second when nothing counts.
   */
  readonly resetSecond: number;
};

export const answerOf = (window: RateWindow, limit: number): RateAnswer => {
  const excess = Math.max(1, counted(window) - limit + 1);
  let freed = 0;
  for (let age = window.given.length - 1; age >= 0; age -= 1) {
    freed += window.given[age] ?? 0;
    if (freed >= excess) {
      return { limit, remaining: remainingOf(window, limit), resetSecond: window.second - age + secondsCounted };
    }
  }
  return { limit, remaining: remainingOf(window, limit), resetSecond: window.second };
};

const remainingOf = (window: RateWindow, limit: number): number => Math.max(0, limit - counted(window));

/** `granted` requests may be let through in `window.second`; the first is the one that was asked for. 0: refused. */
export type Reserved = { readonly granted: number; readonly window: RateWindow; readonly answer: RateAnswer };

export type Reserve = {
  readonly limit: number;
  /** Of the clock that all processes share. */
  readonly second: number;
  /** How many the process expects to need in this second, the one it has in hand included. */
  readonly wanted: number;
};

/**
 * Gives a process one request, and as many of the others it wants as do not take away what others may need. Far from
 * the limit that is what keeps it from asking each time; near to it, it is always one.
 */
export const reserve = (before: RateWindow, { limit, second, wanted }: Reserve): Reserved => {
  const window = advance(before, second);
  const remaining = remainingOf(window, limit);
  const ahead = Math.floor((remaining - exactBelow) / shareOfRest);
  const granted = Math.min(remaining, Math.max(1, Math.min(wanted, ahead)));
  const after = granted === 0 ? window : withGiven(window, granted);
  return { granted, window: after, answer: answerOf(after, limit) };
};

const withGiven = ({ second, given: [now = 0, ...earlier] }: RateWindow, granted: number): RateWindow => ({
  second,
  given: [now + granted, ...earlier],
});

/** Takes back what a process did not let through of a reservation that is over. Of a second long gone it is nothing. */
export const giveBack = (
  window: RateWindow,
  { second, unspent }: { readonly second: number; readonly unspent: number },
): RateWindow => {
  const age = window.second - second;
  const given = window.given[age];
  return given === undefined
    ? window
    : { second: window.second, given: window.given.with(age, Math.max(0, given - unspent)) };
};
