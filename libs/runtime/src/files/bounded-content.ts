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
  const stopped = untilStopped(stop);
  let bytes = 0;
  let hasEnded = false;
  try {
    for (;;) {
      const next = await Promise.race([source.next(), stopped.promise]).catch((error: unknown) => {
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
    stopped.forget();
    // Not waited for: a source that is stuck answers this as little as it answered before.
    if (!hasEnded) void source.return?.()?.catch(() => undefined);
  }
}

const untilStopped = (stop: AbortSignal | undefined): { readonly promise: Promise<never>; forget(): void } => {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // Heard by whoever races with it.
  const end = (): void => reject(stop?.reason);
  stop?.addEventListener('abort', end, { once: true });
  return { promise, forget: () => stop?.removeEventListener('abort', end) };
};
