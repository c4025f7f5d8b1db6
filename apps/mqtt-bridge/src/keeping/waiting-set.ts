/** Nodes that wait to be looked at, each once however often it was heard of. */

export type WaitingSet = {
  add(nodeId: string): void;
  /** All that wait, when there are any; `undefined` when `stop` aborts before. */
  next(stop: AbortSignal): Promise<readonly string[] | undefined>;
};

export const waitingSet = (): WaitingSet => {
  const waiting = new Set<string>();
  let come = waker();
  return {
    add: (nodeId) => {
      waiting.add(nodeId);
      come.wake();
    },
    next: async (stop) => {
      const stopped = waker();
      stop.addEventListener('abort', stopped.wake, { once: true });
      if (!stop.aborted) await Promise.race([come.woken, stopped.woken]);
      stop.removeEventListener('abort', stopped.wake);
      if (stop.aborted) return undefined;
      const nodeIds = [...waiting];
      waiting.clear();
      come = waker();
      return nodeIds;
    },
  };
};

export const waker = () => {
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  return { woken, wake: (): void => resolve() };
};
