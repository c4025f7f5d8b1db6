/** How much may be in memory, how much is, and who has to know when that changes. */
import type { IngestLimits } from './limits.ts';

export type Capacity = {
  take(sizeBytes: number): void;
  free(sizeBytes: number): void;
  takenBytes(): number;
  isHalfFull(): boolean;
  /**
   * From the moment the limit is reached until half an append is free again: reading does not flutter, and what is read
   * then is worked on while the next append is under way. With a quarter of the limit, a bridge that was always full read
   * and appended by turns, and waited in between.
   */
  isFull(): boolean;
  /** Calls back each time it stops being full. */
  onCapacity(listener: () => void): void;
  /** Settles as soon as nothing is taken. */
  empty(): Promise<void>;
};

export const ingestCapacity = ({
  inHandBytesMax,
  batchBytesMax,
}: Pick<IngestLimits, 'inHandBytesMax' | 'batchBytesMax'>): Capacity => {
  const fullUntilBytes = inHandBytesMax - Math.min(inHandBytesMax / 4, batchBytesMax / 2);
  const listeners: (() => void)[] = [];
  let whenEmpty: (() => void)[] = [];
  let takenBytes = 0;
  let full = false;
  return {
    take: (sizeBytes) => {
      takenBytes += sizeBytes;
      if (takenBytes >= inHandBytesMax) full = true;
    },
    free: (sizeBytes) => {
      takenBytes -= sizeBytes;
      if (full && takenBytes <= fullUntilBytes) {
        full = false;
        for (const listener of listeners) listener();
      }
      if (takenBytes > 0) return;
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    },
    takenBytes: () => takenBytes,
    isHalfFull: () => takenBytes >= inHandBytesMax / 2,
    isFull: () => full,
    onCapacity: (listener) => {
      listeners.push(listener);
    },
    empty: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (takenBytes === 0) resolve();
      else whenEmpty.push(resolve);
      return promise;
    },
  };
};
