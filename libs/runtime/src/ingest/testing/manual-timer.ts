import type { Timer } from '../../timer.ts';

/** Time that passes when a test says so. */
export type ManualTimer = Timer & {
  /** Lets time pass, running what falls due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** So much time passes while something is being done. */
  pass(ms: number): void;
};

type Task = { readonly atMs: number; readonly order: number; readonly run: () => void };

export const manualTimer = (): ManualTimer => {
  let now = 0;
  let order = 0;
  let tasks: Task[] = [];
  const schedule = (delayMs: number, run: () => void): Task => {
    const task = { atMs: now + delayMs, order: (order += 1), run };
    tasks.push(task);
    return task;
  };
  const due = (untilMs: number): Task | undefined =>
    tasks.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  return {
    nowMs: () => now,
    after: (delayMs, run) => {
      const task = schedule(delayMs, run);
      return () => {
        tasks = tasks.filter((other) => other !== task);
      };
    },
    soon: (run) => {
      schedule(0, run);
    },
    advance: async (ms) => {
      const untilMs = now + ms;
      await settled();
      for (let task = due(untilMs); task !== undefined; task = due(untilMs)) {
        tasks = tasks.filter((other) => other !== task);
        now = Math.max(now, task.atMs);
        task.run();
        await settled();
      }
      now = Math.max(now, untilMs);
    },
    pass: (ms) => {
      now += ms;
    },
  };
};

/** Lets every promise that can settle do so: a macrotask comes after all microtasks. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
