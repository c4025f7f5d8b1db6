/**
 * Lets a few pieces of work run at once and some more wait. What it returns begins work when it is its turn, or answers
 * `undefined` at once when too many wait already.
 */
export const turns = (concurrentMax: number, waitingMax: number) => {
  const waiting: (() => void)[] = [];
  let running = 0;

  const next = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  return <T>(work: () => Promise<T>): Promise<T> | undefined => {
    if (running < concurrentMax) {
      running += 1;
      return work().finally(next);
    }
    if (waiting.length >= waitingMax) return undefined;
    return new Promise<void>((resolve) => {
      waiting.push(() => {
        running += 1;
        resolve();
      });
    }).then(() => work().finally(next));
  };
};
