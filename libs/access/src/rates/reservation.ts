/** One process's share of a rate limit: what it may let through on its own, until the second is over. */

/**
 * A reservation as a process holds it. `validUntilMs` is on the process's own steady clock: what was left of the second
 * when the database gave it, counted from before the process asked, so that it is over here before it is over there.
 */
export type Reservation = {
  readonly second: number;
  readonly granted: number;
  readonly spent: number;
  readonly validUntilMs: number;
};

/** What remained for everybody when it was given; shown with what is left here. */
export type Spent = { readonly reservation: Reservation; readonly leftHere: number };

/** One more request on it, or `undefined` when it is over or used up and has to be asked for again. */
export const spend = (reservation: Reservation | undefined, nowMs: number): Spent | undefined => {
  if (reservation === undefined || nowMs >= reservation.validUntilMs) return undefined;
  const leftHere = reservation.granted - reservation.spent - 1;
  return leftHere < 0 ? undefined : { reservation: { ...reservation, spent: reservation.spent + 1 }, leftHere };
};

/**
 * How many to want next, from the reservation before: as many as it had use for, doubled when that was all it had. So
 * somebody who asks now and then never holds what others could use, and a busy process soon asks once a second.
 */
export const wantedAfter = (before: Reservation | undefined): number => {
  if (before === undefined) return 1;
  const { granted, spent } = before;
  return spent >= granted ? granted * 2 : Math.max(1, Math.ceil(spent * headroom));
};

const headroom = 1.25;

/** What has to be given back of a reservation that is over; `undefined` when nothing is left of it. */
export const unspentOf = (
  reservation: Reservation,
): { readonly second: number; readonly unspent: number } | undefined => {
  const unspent = reservation.granted - reservation.spent;
  return unspent === 0 ? undefined : { second: reservation.second, unspent };
};
