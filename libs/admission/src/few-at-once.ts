/** How many of one kind may be at work at once, so that whoever sends many makes the others wait, and nobody go away. */

export type FewAtOnce = {
  /** Whether there was room; whoever is let in has to leave. */
  enter(who: string): boolean;
  leave(who: string): void;
};

export const fewAtOnce = (max: number): FewAtOnce => {
  const inside = new Map<string, number>();
  return {
    enter: (who) => {
      const count = inside.get(who) ?? 0;
      if (count >= max) return false;
      inside.set(who, count + 1);
      return true;
    },
    leave: (who) => {
      const count = inside.get(who) ?? 0;
      if (count > 1) inside.set(who, count - 1);
      else inside.delete(who);
    },
  };
};
