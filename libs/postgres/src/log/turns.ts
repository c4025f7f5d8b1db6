/**
 * Who may go on when only a few may at a time: in the order they asked. Nobody waits longer than he is told, so whoever keeps
 * his turn for long holds up nobody for good.
 */
export type Turns = {
  /** Settles with the call that gives the turn back. */
  next(): Promise<() => void>;
};

export const turns = (atATime: number, patienceMs: number): Turns => {
  const waiting = new Set<() => void>();
  let taken = 0;

  const give = (): (() => void) => {
    let mine = true;
    taken += 1;
    return () => {
      if (!mine) return;
      mine = false;
      taken -= 1;
      const [first] = waiting;
      if (first !== undefined && taken < atATime) first();
    };
  };

  return {
    next: () =>
      new Promise((resolve) => {
        if (taken < atATime) {
          resolve(give());
          return;
        }
        const go = (): void => {
          waiting.delete(go);
          clearTimeout(late);
          resolve(give());
        };
        const late = setTimeout(go, patienceMs);
        waiting.add(go);
      }),
  };
};
