/** The records that callers have handed in and that are not yet settled, in the order they came. */
import { type AppendedRange, TransientFailure } from '@plenum/runtime';
import type { Placed } from './flush.ts';

/** One call of `append`. It settles once, whichever of the two is called first. */
export type Waiting = {
  readonly placed: readonly Placed[];
  readonly bytes: number;
  readonly deadlineMs: number;
  resolve(ranges: readonly AppendedRange[]): void;
  reject(error: unknown): void;
};

export type AppendQueue = {
  add(placed: readonly Placed[]): Promise<readonly AppendedRange[]>;
  /** Takes the head, up to about `bytesMax`; a call's records stay together. Empty when nothing waits. */
  take(bytesMax: number): readonly Waiting[];
  /** Rejects with TransientFailure what has waited longer than it may. It was never sent. */
  rejectLate(): void;
  isEmpty(): boolean;
  /** Bytes of everything that is not settled, taken or not. */
  bytes(): number;
};

/** `retryMs`: how long a call may wait in all. */
export const appendQueue = (retryMs: number): AppendQueue => {
  let waiting: Waiting[] = [];
  let bytesHeld = 0;
  return {
    add: (placed) =>
      new Promise((resolve, reject) => {
        const bytes = placed.reduce((sum, one) => sum + sizeOf(one), 0);
        bytesHeld += bytes;
        let open = true;
        const settle = (how: () => void): void => {
          if (!open) return;
          open = false;
          bytesHeld -= bytes;
          how();
        };
        waiting.push({
          placed,
          bytes,
          deadlineMs: performance.now() + retryMs,
          resolve: (ranges) => settle(() => resolve(ranges)),
          reject: (error) => settle(() => reject(error)),
        });
      }),
    take(bytesMax) {
      let bytes = 0;
      let count = 0;
      while (count < waiting.length && (count === 0 || bytes < bytesMax)) bytes += waiting[count++]?.bytes ?? 0;
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return taken;
    },
    rejectLate() {
      const now = performance.now();
      // Calls have the same time to wait, so the late ones are the first ones.
      const late = waiting.findIndex((one) => one.deadlineMs > now);
      const gone = waiting.splice(0, late === -1 ? waiting.length : late);
      for (const one of gone) one.reject(new TransientFailure('timeout', `the log took nothing for ${retryMs} ms`));
    },
    isEmpty: () => waiting.length === 0,
    bytes: () => bytesHeld,
  };
};

/** About what a record takes in memory and on the wire. */
const sizeOf = ({ record }: Placed): number => {
  let bytes = record.value.length + record.key.length + 64;
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0);
  return bytes;
};
