/**
 * What happens while the database is away: requests wait for it, and once it has been away for five seconds they are
 * refused at once, until it is back. Letting them through uncounted would take the limits away exactly when something is
 * overloaded, and hardly an answer can be given without the database anyway.
 */
import { backOff, type Logger, type Timer, type TransientFailure } from '@plenum/runtime';

export type Absence = {
  /** Whether the last question had no answer. */
  isAway(): boolean;
  /** Whether nobody waits any more. */
  isRefusing(): boolean;
  /** A question that was asked at `sinceMs` had no answer. */
  noteAway(sinceMs: number, error: TransientFailure): void;
  noteBack(): void;
  /** Waits before the next question, longer every time. */
  pause(): Promise<void>;
  /** Waits no longer. */
  end(): void;
};

export type AbsenceParts = {
  readonly logger: Logger;
  readonly timer: Timer;
  /** Called when it has been away for too long. */
  readonly refuse: () => void;
};

const awayMsMax = 5_000;

export const absence = ({ logger, timer, refuse }: AbsenceParts): Absence => {
  const wait = backOff(100, 1_000);
  let state: 'here' | 'waiting' | 'refusing' = 'here';
  let cancelRefusal = (): void => undefined;
  let wake = (): void => undefined;
  let ended = false;

  const beginRefusing = (): void => {
    state = 'refusing';
    refuse();
  };
  return {
    isAway: () => state !== 'here',
    isRefusing: () => state === 'refusing',
    noteAway: (sinceMs, error) => {
      if (state !== 'here') return;
      state = 'waiting';
      logger.warn({ code: error.code, reason: error.message }, 'requests cannot be counted: the database is away');
      if (!ended) cancelRefusal = timer.after(Math.max(0, sinceMs + awayMsMax - timer.nowMs()), beginRefusing);
    },
    noteBack: () => {
      if (state === 'here') return;
      state = 'here';
      wait.reset();
      cancelRefusal();
      logger.info({}, 'requests can be counted again');
    },
    pause: () =>
      new Promise((resolve) => {
        if (ended) {
          resolve();
          return;
        }
        const cancel = timer.after(wait.next(), resolve);
        wake = () => {
          cancel();
          resolve();
        };
      }),
    end: () => {
      ended = true;
      cancelRefusal();
      wake();
    },
  };
};
