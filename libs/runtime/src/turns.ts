/** Who may go on when only a few may at a time: in the order they asked. */
export type Turns = {
  /** A turn at once, or none. What is returned gives it back, and may be called twice. */
  take(): (() => void) | undefined;
  /** Settles when it is one's turn, with what gives it back. @throws what `refusal` says, when too many wait. */
  next(): Promise<() => void>;
  /** Runs the work when it is its turn, at once if there is one. @throws as `next`, the work not begun. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Whether nobody has a turn. */
  isIdle(): boolean;
};

export type TurnsSettings = {
  readonly atATime: number;
  /** How many may wait, and what anybody beyond them is answered. Any number may unless said otherwise. */
  readonly waiting?: { readonly max: number; readonly refusal: () => Error };
};

export const turns = ({ atATime, waiting: bound }: TurnsSettings): Turns => {
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
  const take = (): (() => void) | undefined => (taken < atATime ? give() : undefined);
  const next = async (): Promise<() => void> => {
    const mine = take();
    if (mine !== undefined) return mine;
    if (bound !== undefined && waiting.size >= bound.max) throw bound.refusal();
    return new Promise((resolve) => {
      const go = (): void => {
        waiting.delete(go);
        resolve(give());
      };
      waiting.add(go);
    });
  };
  return {
    take,
    next,
    run: async (work) => {
      const done = take() ?? (await next());
      return work().finally(done);
    },
    isIdle: () => taken === 0,
  };
};

/** Turns for each of many, distinguished by a key, where nobody waits: one that sends many keeps nobody else away. */
export const turnsOfEach = (atATime: number) => {
  const each = new Map<string, Turns>();
  return {
    take: (key: string): (() => void) | undefined => {
      const its = each.getOrInsertComputed(key, () => turns({ atATime }));
      const done = its.take();
      if (done === undefined) return undefined;
      return () => {
        done();
        if (its.isIdle()) each.delete(key);
      };
    },
  };
};
