import { FileTooLarge, type PutOptions } from './files.ts';

/**
 * The chunks of what is put, no more than may be, until it is stopped: also when no chunk comes that could be waited for. The
 * source is told to end in every case but its own end.
 */
export async function* boundedContent(
  name: string,
  content: AsyncIterable<Uint8Array>,
  { bytesMax, stop }: PutOptions,
): AsyncGenerator<Uint8Array, void> {
  stop?.throwIfAborted();
  const source = content[Symbol.asyncIterator]();
  const untilStopped = stoppable(stop);
  let bytes = 0;
  let hasEnded = false;
  try {
    for (;;) {
      const next = await untilStopped
        .wait(() => source.next())
        .catch((error: unknown) => {
          // A source that failed has ended; one that is waited for no more has not.
          hasEnded = stop?.aborted !== true;
          throw error;
        });
      if (next.done === true) {
        hasEnded = true;
        return;
      }
      bytes += next.value.byteLength;
      if (bytes > bytesMax) throw new FileTooLarge(name, bytesMax);
      yield next.value;
    }
  } finally {
    untilStopped.forget();
    // Not waited for: a source that is stuck answers this as little as it answered before.
    if (!hasEnded) void source.return?.()?.catch(() => undefined);
  }
}

/**
 * Waits for one thing after another, until it is stopped. There is one listener for all of them: a race of each with one long
 * promise would keep something of every chunk until the end.
 */
const stoppable = (stop: AbortSignal | undefined) => {
  let fail: ((reason: unknown) => void) | undefined;
  const end = (): void => fail?.(stop?.reason);
  stop?.addEventListener('abort', end, { once: true });
  return {
    wait: <T>(begin: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        fail = reject;
        if (stop?.aborted === true) reject(stop.reason);
        else begin().then(resolve, reject);
      }),
    forget: () => stop?.removeEventListener('abort', end),
  };
};
