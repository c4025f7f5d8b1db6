/** The database's clock, carried on by one that only runs forward: of processes whose clocks differ, all go by one. */
import type { Timer } from '@plenum/runtime';

export type DatabaseClock = {
  /** The database has said what time it is, in microseconds since 1970, when it was asked at `askedMs` of the timer. */
  saw(nowUs: number, askedMs: number): void;
  /**
   * Microseconds since 1970; by the clock of this machine until the database has said something. Never earlier than it is there, for
   * however long the answer took: late by that at most.
   */
  nowUs(): number;
};

export const databaseClock = (timer: Timer): DatabaseClock => {
  let offsetUs = Date.now() * 1000 - timer.nowMs() * 1000;
  return {
    saw: (nowUs, askedMs) => {
      offsetUs = nowUs - askedMs * 1000;
    },
    nowUs: () => Math.round(offsetUs + timer.nowMs() * 1000),
  };
};
