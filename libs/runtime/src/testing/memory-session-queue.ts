/** What one server has asked of sessions in memory: carried out in order, and not while the place is out of its reach. */
import { TransientFailure } from '../errors.ts';

export type MemorySessionQueue = {
  /** Waits until it can be done. `key` names what `cancel` may take back until then. */
  write<T>(work: () => T, key?: string, cancelled?: T): Promise<T>;
  /** Rejects with TransientFailure when it cannot be done now. */
  ask<T>(work: () => T): Promise<T>;
  /** Takes back a write that was not done yet, and settles it. */
  cancel(key: string): boolean;
  cut(): void;
  heal(): void;
  isCut(): boolean;
  /** What was not done is never done, and settles never. */
  kill(): void;
  /** Settles when everything asked for so far is done. */
  idle(): Promise<void>;
};

type Waiting = {
  readonly key: string | undefined;
  run(): void;
  cancel(): void;
  /** `undefined`: it waits as long as it has to. */
  readonly refuse: (() => void) | undefined;
};

/** `turn` is waited for before each operation. */
export const memorySessionQueue = (turn: () => Promise<void>): MemorySessionQueue => {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let state: 'reached' | 'cut' | 'dead' = 'reached';

  const run = async (): Promise<void> => {
    await turn();
    while (waiting.length > 0 && state === 'reached') {
      waiting.shift()?.run();
      await turn();
    }
    running = undefined;
    start();
  };
  const start = (): void => {
    if (waiting.length > 0 && state === 'reached') running ??= run();
  };
  const add = (one: Waiting): void => {
    waiting.push(one);
    start();
  };
  const settled = <T>(work: () => T, { resolve, reject }: PromiseWithResolvers<T>) => {
    try {
      resolve(work());
    } catch (error) {
      reject(error);
    }
  };
  return {
    write: <T>(work: () => T, key?: string, cancelled?: T) => {
      const one = Promise.withResolvers<T>();
      const cancel = (): void => one.resolve(cancelled as T); // Who gives a key gives the answer, too.
      if (state !== 'dead') add({ key, run: () => settled(work, one), cancel, refuse: undefined });
      return one.promise;
    },
    ask: <T>(work: () => T) => {
      const one = Promise.withResolvers<T>();
      const refuse = (): void => one.reject(new TransientFailure('08006', 'sessions are out of reach'));
      if (state === 'cut') refuse();
      if (state === 'reached') add({ key: undefined, run: () => settled(work, one), cancel: () => undefined, refuse });
      return one.promise;
    },
    cancel: (key) => {
      const found = waiting.find((one) => one.key === key);
      if (found === undefined) return false;
      waiting = waiting.filter((one) => one !== found);
      found.cancel();
      return true;
    },
    cut: () => {
      if (state !== 'reached') return;
      state = 'cut';
      for (const { refuse } of waiting) refuse?.();
      waiting = waiting.filter(({ refuse }) => refuse === undefined);
    },
    heal: () => {
      if (state !== 'cut') return;
      state = 'reached';
      start();
    },
    isCut: () => state === 'cut',
    kill: () => {
      state = 'dead';
      waiting = [];
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
};
