/**
 * What arrives between two appends is read when the next one may begin. A message cannot be in the log sooner, and below full load
 * most of what it costs is waking up for it: the code that reads it and the memory it needs have left the processor's caches.
 */
import type { Timer } from '../timer.ts';

export type ReadTogether = {
  /**
   * Whether bytes that have just come may be read later: then `read` is called, once however often it was given. They stay
   * where they are, and reading them sooner loses nothing.
   */
  postpone(bytes: number, read: () => void): boolean;
  /** Has everything read that waits. */
  readNow(): void;
  /** The same, and nothing is postponed any more. */
  stop(): void;
};

export type ReadTogetherParts = {
  readonly timer: Timer;
  /** When the next append may begin, by the timer. */
  readonly nextMs: () => number;
};

export const readTogether = ({ timer, nextMs }: ReadTogetherParts): ReadTogether => {
  /** With the bytes that each has waiting, in the order that the first of them came. */
  const waiting = new Map<() => void, number>();
  let waitingBytes = 0;
  let readAtMs = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let isSoon = false;
  let stopped = false;

  const read = (bytesMax: number): void => {
    let bytes = 0;
    for (const [reader, readerBytes] of waiting) {
      if (bytes >= bytesMax) return;
      bytes += readerBytes;
      waitingBytes -= readerBytes;
      waiting.delete(reader);
      reader();
    }
  };
  const readAll = (): void => {
    cancel?.();
    cancel = undefined;
    readAtMs = Number.POSITIVE_INFINITY;
    read(Number.POSITIVE_INFINITY);
  };
  /** Not all at once: the log's answer may have come meanwhile, and others wait for it. */
  const readSome = (): void => {
    isSoon = false;
    read(enoughBytes);
    readSoon();
  };
  const readSoon = (): void => {
    if (isSoon || waitingBytes < enoughBytes) return;
    isSoon = true;
    timer.soon(readSome);
  };
  return {
    postpone: (bytes, reader) => {
      const [atMs, nowMs] = [nextMs(), timer.nowMs()];
      if (stopped || atMs <= nowMs) return false;
      waiting.set(reader, (waiting.get(reader) ?? 0) + bytes);
      waitingBytes += bytes;
      readSoon();
      if (atMs < readAtMs) {
        cancel?.();
        readAtMs = atMs;
        cancel = timer.after(atMs - nowMs, readAll);
      }
      return true;
    },
    readNow: readAll,
    stop: () => {
      stopped = true;
      readAll();
    },
  };
};

/** About two hundred readings: more share nothing that is worth their waiting, and a batch may be full before its time. */
const enoughBytes = 64 * 1024;
