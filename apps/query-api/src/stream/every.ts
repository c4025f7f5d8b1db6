import type { Timer } from '@plenum/runtime';

/** Does the task again and again, so long after it was last done. Returns what ends it. The task never rejects. */
export const every = (timer: Timer, delayMs: number, task: () => Promise<void>): (() => void) => {
  let stopped = false;
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = timer.after(delayMs, () => void task().then(() => stopped || next()));
  };
  next();
  return () => {
    stopped = true;
    cancel();
  };
};
