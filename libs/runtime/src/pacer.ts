/**
 * When work that gathers may begin: at once after a quiet time, otherwise at an interval, and at once when a full load waits.
 * What comes in between shares the cost of one round. Where rounds say when they end, the interval leaves time for them.
 */
import type { Timer } from './timer.ts';

export type Pacer = {
  /** Something waits, or a round has ended: begins when it is time. */
  consider(): void;
  /** A round begins now. */
  began(): void;
  /**
   * The round has ended. What comes after it is taken to last as long again: the interval and both are `intervalMs` together.
   * It follows the share of the time that rounds take, which hardly depends on how far apart they are.
   */
  ended(): void;
  /** Before it a round begins only with a full load. */
  nextMs(): number;
  /** Begins nothing any more. */
  stop(): void;
};

export type PacerParts = {
  readonly timer: Timer;
  readonly intervalMs: number;
  /** What waits, and can be taken. */
  readonly load: () => 'none' | 'some' | 'full';
  /** It is time, and there is room: called at once, so that what can still be had is there when it begins. */
  readonly due?: () => void;
  /** Called when it is time, at the end of a turn; calls `began` if it does begin. */
  readonly begin: () => void;
};

export const pacer = ({ timer, intervalMs, load, due, begin }: PacerParts): Pacer => {
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  /** When what is under way became due, and the round before it. */
  let [dueMs, beforeMs]: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let busyShare = 0;
  let cancelWait: (() => void) | undefined;
  let isNext = false;
  let stopped = false;

  const isTime = (): boolean => {
    const waiting = load();
    return waiting === 'full' || (waiting === 'some' && timer.nowMs() >= notBeforeMs);
  };
  const beginNow = (): void => {
    isNext = false;
    if (!stopped) begin();
  };
  const consider = (): void => {
    if (stopped || isNext || load() === 'none') return;
    if (isTime()) {
      cancelWait?.();
      cancelWait = undefined;
      isNext = true;
      if (load() === 'some') due?.();
      timer.soon(beginNow);
    } else {
      cancelWait ??= timer.after(notBeforeMs - timer.nowMs(), () => {
        cancelWait = undefined;
        consider();
      });
    }
  };
  return {
    consider,
    began: () => {
      const nowMs = timer.nowMs();
      const apartMs = intervalMs / (1 + 2 * busyShare);
      // What it took to get ready is part of the interval, unless something kept us from beginning in time.
      const lateMs = nowMs - notBeforeMs;
      beforeMs = dueMs;
      dueMs = lateMs >= 0 && lateMs < apartMs ? notBeforeMs : nowMs;
      notBeforeMs = dueMs + apartMs;
    },
    ended: () => {
      const tookMs = timer.nowMs() - dueMs;
      busyShare += (Math.min(1, tookMs / Math.max(1, dueMs - beforeMs)) - busyShare) * followed;
    },
    nextMs: () => notBeforeMs,
    stop: () => {
      stopped = true;
      cancelWait?.();
    },
  };
};

/** How much of a change of load one round says. */
const followed = 0.1;
