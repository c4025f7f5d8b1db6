/** Time that passes when the fuzzer says so: a run is the same each time, and waits for nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Timer } from '@plenum/runtime';

export type VirtualTime = {
  /** Runs what falls due. */
  pass(ms: number): void;
  /** Lets everything happen that waits for nothing, and a millisecond pass. */
  turn(): Promise<void>;
  readonly timer: Timer;
  stop(): void;
};

type Task = { atMs: number; readonly run: () => void; readonly everyMs: number | undefined };

/**
 * In place of the clock and the timers of this process, until it is stopped. The mock timers of `node:test` lose their order
 * when one of them is cleared (Node 26.10).
 */
export const virtualTime = (): VirtualTime => {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const { now } = Date;
  const tasks = new Set<Task>();
  let nowMs = startMs;
  let nextMs = Number.POSITIVE_INFINITY;

  const add = (run: () => void, delayMs: number, everyMs: number | undefined): Task => {
    const task = { atMs: nowMs + Math.max(1, delayMs), run, everyMs };
    tasks.add(task);
    nextMs = Math.min(nextMs, task.atMs);
    return task;
  };
  const remove = (task: unknown): void => void tasks.delete(task as Task); // Whatever else is given is not there.
  const first = (): Task | undefined => {
    let found: Task | undefined;
    for (const task of tasks) if (found === undefined || task.atMs < found.atMs) found = task;
    nextMs = found?.atMs ?? Number.POSITIVE_INFINITY;
    return found;
  };
  const pass = (ms: number): void => {
    const untilMs = nowMs + ms;
    while (nextMs <= untilMs) {
      const task = first();
      if (task === undefined || task.atMs > untilMs) break;
      nowMs = Math.max(nowMs, task.atMs);
      if (task.everyMs === undefined) tasks.delete(task);
      else task.atMs += task.everyMs;
      task.run();
    }
    nowMs = untilMs;
  };
  const later = (run: () => void, delayMs = 1) => add(run, delayMs, undefined);
  const repeatedly = (run: () => void, everyMs = 1) => add(run, everyMs, Math.max(1, everyMs));
  // What they return is only ever given back to be cleared.
  Object.assign(globalThis, {
    setTimeout: later,
    setInterval: repeatedly,
    clearTimeout: remove,
    clearInterval: remove,
  });
  Date.now = () => Math.floor(nowMs);
  return {
    pass,
    turn: async () => {
      pass(1);
      await nextTurn();
    },
    timer: {
      nowMs: () => nowMs,
      after: (delayMs, run) => {
        const task = later(run, delayMs);
        return () => remove(task);
      },
      soon: (run) => void setImmediate(run),
    },
    stop: () => {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      Date.now = now;
    },
  };
};

const startMs = Date.UTC(2026, 0, 1);
