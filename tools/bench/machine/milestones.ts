/** How far a side has come, for a caller that waits for it to get somewhere. */
export type Milestone = { readonly atMs: number };

export type Milestones = {
  /** So many more are done. */
  add(count: number): void;
  /** Settles as soon as this many are done in all. */
  reached(count: number): Promise<Milestone>;
};

export const milestones = (): Milestones => {
  const waiting: { readonly count: number; readonly resolve: (milestone: Milestone) => void }[] = [];
  let done = 0;
  return {
    add: (count) => {
      done += count;
      for (const [index, { count: wanted, resolve }] of [...waiting.entries()].toReversed()) {
        if (done < wanted) continue;
        waiting.splice(index, 1);
        resolve({ atMs: performance.now() });
      }
    },
    reached: (count) =>
      new Promise((resolve) => {
        if (done >= count) resolve({ atMs: performance.now() });
        else waiting.push({ count, resolve });
      }),
  };
};
