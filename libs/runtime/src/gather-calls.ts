/** Calls that come while others are under way go together: a round trip and a commit cost about the same for one as for ten. */

export type GatherCalls<Asked, Answer> = {
  /** Carries out calls, in the order they came, and answers each. What it rejects with, all of them do. */
  readonly carry: (asked: readonly Asked[]) => Promise<readonly Answer[]>;
  /** How many of these may be under way at a time. */
  readonly atATime: number;
  /** How many go together, at most. */
  readonly callsMax: number;
  /** Whether a call may go with those; any may unless said otherwise. One that may not goes with the next, at the latest by itself. */
  readonly mayJoin?: (asked: Asked, others: readonly Asked[]) => boolean;
};

type Waiting<Asked, Answer> = {
  readonly asked: Asked;
  readonly settled: PromiseWithResolvers<Answer>;
};

/** @returns what takes one call. After a while of rest it is carried out at once. */
export const gatherCalls = <Asked, Answer>({
  carry,
  atATime,
  callsMax,
  mayJoin = () => true,
}: GatherCalls<Asked, Answer>): ((asked: Asked) => Promise<Answer>) => {
  let waiting: Waiting<Asked, Answer>[] = [];
  let underWay = 0;

  const take = (): readonly Waiting<Asked, Answer>[] => {
    const taken: Waiting<Asked, Answer>[] = [];
    const left: Waiting<Asked, Answer>[] = [];
    for (const one of waiting) {
      const others = taken.map(({ asked }) => asked);
      const joins = taken.length < callsMax && (taken.length === 0 || mayJoin(one.asked, others));
      (joins ? taken : left).push(one);
    }
    waiting = left;
    return taken;
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const taken = take();
      try {
        const answers = await carry(taken.map(({ asked }) => asked));
        for (const [index, { settled }] of taken.entries()) settled.resolve(answers[index] as Answer); // One for each.
      } catch (error) {
        for (const { settled } of taken) settled.reject(error);
      }
    }
    underWay -= 1;
  };
  return (asked) => {
    const settled = Promise.withResolvers<Answer>();
    waiting.push({ asked, settled });
    if (underWay < atATime) {
      underWay += 1;
      // A microtask later, so that calls made in one go are together.
      queueMicrotask(() => void run());
    }
    return settled.promise;
  };
};
