import type { Stack } from './start-stack.ts';

/**
 * Works while a stack runs, and stops it afterwards. `work` is given a signal that aborts with `stop`, and when a part
 * cannot go on.
 * @throws what the part failed with, once `work` has ended; what `work` throws.
 */
export const duringStack = async <S extends Pick<Stack, 'failed' | 'stop'>, T>(
  stack: S,
  stop: AbortSignal,
  work: (stack: S, stop: AbortSignal) => Promise<T>,
): Promise<T> => {
  const failing = new AbortController();
  const working = work(stack, AbortSignal.any([stop, failing.signal]));
  try {
    const result = await Promise.race([working, stack.failed]);
    await stack.stop();
    return result;
  } catch (error) {
    failing.abort(error);
    // Both end because of what is thrown here, and may say so once more in their own way.
    await working.catch(() => undefined);
    await stack.stop().catch(() => undefined);
    throw error;
  }
};
