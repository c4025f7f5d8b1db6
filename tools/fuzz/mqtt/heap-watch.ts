/** How much of the heap is in use after all garbage was collected, over a run. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type HeapLook = { readonly inputs: number; readonly usedBytes: number };

export type HeapWatch = {
  /** Looks when it is time to. */
  look(inputs: number): void;
  looks(): readonly HeapLook[];
  /** Why it is not flat. */
  problem(): string | undefined;
};

const looksMax = 50;
/** Between the medians of the second and the last fifth of a run. */
const growthBytesMax = 4 * 2 ** 20;

export const heapWatch = (inputs: number): HeapWatch => {
  const collect = collector();
  const every = Math.max(inputs / looksMax, 10_000);
  const looks: HeapLook[] = [];
  let dueAt = every;
  return {
    look: (done) => {
      if (done < dueAt) return;
      dueAt = done + every;
      collect();
      looks.push({ inputs: done, usedBytes: process.memoryUsage().heapUsed });
    },
    looks: () => looks,
    problem: () => {
      if (looks.length < 10) return undefined;
      const [second, last] = fifths(looks);
      const grown = last - second;
      return grown > growthBytesMax ? `the heap has grown by ${grown} bytes, from ${second} to ${last}` : undefined;
    },
  };
};

/** Medians of the second and the last fifth, in bytes. */
export const fifths = (looks: readonly HeapLook[]): readonly [second: number, last: number] => {
  const fifth = Math.floor(looks.length / 5);
  return [median(looks.slice(fifth, 2 * fifth)), median(looks.slice(-fifth))];
};

const median = (looks: readonly HeapLook[]): number => {
  const sorted = looks.map(({ usedBytes }) => usedBytes).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void; // There since the flag was set.
};
