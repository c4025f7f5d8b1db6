/** The time of a schedule: it passes when the schedule says so. Each process has a clock of its own besides, which may be wrong. */
import type { Timer } from '@plenum/runtime';

export type SimulatedTime = {
  /** For a process; what it has put off is given up when it is not alive any more. */
  timer(isAlive: () => boolean): Timer;
  /** The database's clock: microseconds since 1970. */
  nowUs(): number;
  /** Somebody sets it. */
  jump(ms: number): void;
  pass(ms: number): void;
};

/** So much time passes in a step of a schedule, at most: milliseconds. */
export const longestStepMs = 1_500;

const startUs = 1_772_615_702_000_000;

export const simulatedTime = (): SimulatedTime => {
  let nowMs = 0;
  let jumpedMs = 0;
  let tasks: { readonly atMs: number; readonly task: () => void }[] = [];
  const after = (delayMs: number, task: () => void): (() => void) => {
    const entry = { atMs: nowMs + delayMs, task };
    tasks.push(entry);
    return () => {
      tasks = tasks.filter((other) => other !== entry);
    };
  };
  return {
    timer: (isAlive) => {
      const unlessDead = (task: () => void) => (): void => {
        if (isAlive()) task();
      };
      return {
        nowMs: () => nowMs,
        after: (delayMs, task) => after(delayMs, unlessDead(task)),
        soon: (task) => void after(0, unlessDead(task)),
      };
    },
    nowUs: () => startUs + (nowMs + jumpedMs) * 1000,
    jump: (ms) => {
      jumpedMs += ms;
    },
    pass: (ms) => {
      nowMs += ms;
      const due = tasks.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
      tasks = tasks.filter(({ atMs }) => atMs > nowMs);
      for (const { task } of due) task();
    },
  };
};

export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A process that can be killed between any two steps: what it has under way is carried out or not, and it hears no answer. */
export type Life = {
  readonly name: string;
  isAlive(): boolean;
  kill(): void;
  /** Settles never when it is killed meanwhile; what it asks is asked only while it is alive. */
  mortal<T>(work: () => Promise<T>): Promise<T>;
};

/** @param strike called before and after each step; kills it or does nothing. */
export const newLife = (name: string, strike: (life: Life) => void): Life => {
  let alive = true;
  const never = new Promise<never>(() => undefined);
  const life: Life = {
    name,
    isAlive: () => alive,
    kill: () => {
      alive = false;
    },
    mortal: async (work) => {
      strike(life);
      if (!alive) return never;
      const done = await work();
      strike(life);
      return alive ? done : never;
    },
  };
  return life;
};
