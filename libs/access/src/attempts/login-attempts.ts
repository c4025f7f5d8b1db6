/**
 * Guessing passwords must be slow, from wherever. Pure rules; `attempt-store.ts` keeps the counts.
 *
 * An attempt is counted as failed before the password is looked at, and taken back when it was right: otherwise a
 * hundred guesses sent at once would all find the count of none. Logins that do not exist are counted like the others.
 */

/** Of one login from one network. Forgotten after a success. */
export type AttemptsHere = { readonly failures: number; readonly lastUs: number };

/** Of one login from anywhere: when the last failures were, at most `failuresMax`, and whether that was too many. */
export type AttemptsAnywhere = { readonly recentUs: readonly number[]; readonly lockedUntilUs: number };

export type Attempts = { readonly here: AttemptsHere; readonly anywhere: AttemptsAnywhere };

export const noAttempts: Attempts = { here: { failures: 0, lastUs: 0 }, anywhere: { recentUs: [], lockedUntilUs: 0 } };

/** From this failure on, the next attempt from the same network has to wait: a second, then twice as long each time. */
const failuresFree = 5;
/** So many failures within the window lock the login for as long as the window is. */
export const failuresMax = 20;
export const windowUs = 15 * 60 * 1_000_000;

export type Attempt =
  /** `attempts` as they are to be kept. `locksUntilUs`: if this one fails too, it was one too many. */
  | { readonly outcome: 'allowed'; readonly attempts: Attempts; readonly locksUntilUs: number | undefined }
  /** Nothing is counted: waiting does not get longer by not waiting. */
  | { readonly outcome: 'refused'; readonly why: 'backing-off' | 'locked'; readonly retryAtUs: number };

export const attempt = ({ here, anywhere }: Attempts, nowUs: number): Attempt => {
  if (anywhere.lockedUntilUs > nowUs) {
    return { outcome: 'refused', why: 'locked', retryAtUs: anywhere.lockedUntilUs };
  }
  const remembered = here.lastUs > nowUs - windowUs ? here.failures : 0;
  const retryAtUs = here.lastUs + waitUs(remembered);
  if (retryAtUs > nowUs) return { outcome: 'refused', why: 'backing-off', retryAtUs };

  const recentUs = [...anywhere.recentUs.filter((timeUs) => timeUs > nowUs - windowUs), nowUs].slice(-failuresMax);
  const locksUntilUs = recentUs.length < failuresMax ? undefined : nowUs + windowUs;
  const attempts: Attempts = {
    here: { failures: remembered + 1, lastUs: nowUs },
    anywhere: { recentUs, lockedUntilUs: locksUntilUs ?? 0 },
  };
  return { outcome: 'allowed', attempts, locksUntilUs };
};

/** How long after so many failures nothing is looked at. */
const waitUs = (failures: number): number =>
  failures < failuresFree ? 0 : Math.min(windowUs, 1_000_000 * 2 ** (failures - failuresFree));

/**
 * The password was right after all. Failures from elsewhere stay counted: or each time the owner logs in, the one who is
 * guessing would have another nineteen guesses.
 */
export const succeeded = ({ anywhere }: Attempts, attemptUs: number): Attempts => ({
  here: noAttempts.here,
  anywhere: without(anywhere, attemptUs),
});

/**
 * It is unknown whether the password was right. Only this attempt is taken back: a client that guesses while we are
 * busy begins no new count.
 */
export const undecided = ({ here, anywhere }: Attempts, attemptUs: number): Attempts => ({
  here: { ...here, failures: Math.max(0, here.failures - 1) },
  anywhere: without(anywhere, attemptUs),
});

const without = (anywhere: AttemptsAnywhere, attemptUs: number): AttemptsAnywhere => {
  const at = anywhere.recentUs.lastIndexOf(attemptUs);
  const recentUs = at === -1 ? anywhere.recentUs : anywhere.recentUs.toSpliced(at, 1);
  const isLocked = recentUs.length >= failuresMax;
  return { recentUs, lockedUntilUs: isLocked ? anywhere.lockedUntilUs : 0 };
};
