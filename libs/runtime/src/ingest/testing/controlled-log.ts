import { TransientFailure } from '../../errors.ts';
import type { AppendedRange, NewRecord } from '../../log.ts';

/** The append side of a log that does what a test asks: write, hold its answer, or be away. */
export type ControlledLog = {
  append(records: readonly NewRecord[]): Promise<readonly AppendedRange[]>;
  /** What is durable, in order. */
  readonly records: readonly NewRecord[];
  /** How large each successful append was. */
  readonly batches: readonly number[];
  /** Appends from now on are neither written nor answered until `release`. */
  hold(): void;
  /** Writes and answers what was held, and holds nothing more. */
  release(): void;
  /** Appends from now on reject with this, what is held included. */
  fail(error?: Error): void;
  heal(): void;
  /** Settles when `append` has been called so many times in all. */
  called(times: number): Promise<void>;
  /** Settles when so many records in all are durable. */
  holds(records: number): Promise<void>;
};

type Held = { readonly write: () => void; readonly reject: (error: Error) => void };
type Awaited = { readonly reached: () => boolean; readonly resolve: () => void };

export const controlledLog = (): ControlledLog => {
  const records: NewRecord[] = [];
  const batches: number[] = [];
  let mode: 'open' | 'held' | Error = 'open';
  const held: Held[] = [];
  let calls = 0;
  let awaited: Awaited[] = [];

  const look = (): void => {
    for (const { reached, resolve } of awaited) if (reached()) resolve();
    awaited = awaited.filter(({ reached }) => !reached());
  };
  const until = (reached: () => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    awaited.push({ reached, resolve });
    look();
    return promise;
  };
  const write = (batch: readonly NewRecord[]): readonly AppendedRange[] => {
    records.push(...batch);
    batches.push(batch.length);
    look();
    return [];
  };

  return {
    records,
    batches,
    append: async (batch) => {
      calls += 1;
      look();
      if (mode === 'open') return write(batch);
      if (mode !== 'held') throw mode;
      const { promise, resolve, reject } = Promise.withResolvers<readonly AppendedRange[]>();
      held.push({ write: () => resolve(write(batch)), reject });
      return promise;
    },
    hold: () => {
      mode = 'held';
    },
    release: () => {
      mode = 'open';
      for (const append of held.splice(0)) append.write();
    },
    fail: (error = new TransientFailure('08006', 'the log is away')) => {
      mode = error;
      for (const append of held.splice(0)) append.reject(error);
    },
    heal: () => {
      mode = 'open';
    },
    called: (times) => until(() => calls >= times),
    holds: (count) => until(() => records.length >= count),
  };
};
