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
  let readers = new Set<() => void>();
  let waitingBytes = 0;
  let cancel: (() => void) | undefined;
  let stopped = false;

  const readAll = (): void => {
    cancel?.();
    cancel = undefined;
    waitingBytes = 0;
    const waiting = readers;
    readers = new Set();
    for (const read of waiting) read();
  };
  return {
    postpone: (bytes, read) => {
      const waitMs = nextMs() - timer.nowMs();
      if (stopped || waitMs <= 0) return false;
      readers.add(read);
      waitingBytes += bytes;
      if (waitingBytes >= waitingBytesMax) readAll();
      else cancel ??= timer.after(waitMs, readAll);
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
const waitingBytesMax = 64 * 1024;
