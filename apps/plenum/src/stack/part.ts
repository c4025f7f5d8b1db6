/** A long-running part of the process: started once, stopped once, and watched in between. */
export type Part<Where> = {
  /** What it said when it was up. */
  readonly where: Where;
  /** Rejects when it ends without having been asked to. */
  readonly failed: Promise<never>;
  /** Settles when it has ended. Again: the same. @throws what it failed with. */
  stop(): Promise<void>;
};

/** Runs until its signal aborts, and calls `up` once it works. */
type Run<Where> = (stop: AbortSignal, up: (where: Where) => void) => Promise<void>;

/**
 * Starts a part and waits until it is up.
 * @throws what it fails with; the reason of `giveUp` when that aborts first, and by then it has ended.
 */
export const startPart = async <Where>(name: string, giveUp: AbortSignal, run: Run<Where>): Promise<Part<Where>> => {
  const stopping = new AbortController();
  const up = Promise.withResolvers<Where>();
  const ended = run(stopping.signal, up.resolve).then(() => {
    if (!stopping.signal.aborted) throw new Error(`${name} ended though nobody asked it to`);
  });
  const failed = ended.then(() => new Promise<never>(() => undefined));
  // A caller that waits gets it; a failure that comes while nobody waits must not end the process unexplained.
  failed.catch(up.reject);
  const stop = (): Promise<void> => {
    stopping.abort();
    return ended;
  };
  const endEarly = (): void => up.reject(giveUp.reason);
  if (giveUp.aborted) endEarly();
  giveUp.addEventListener('abort', endEarly);
  try {
    return { where: await up.promise, failed, stop };
  } catch (error) {
    await stop().catch(() => undefined); // The first reason is the one that counts.
    throw error;
  } finally {
    giveUp.removeEventListener('abort', endEarly);
  }
};
