/** How much is in memory, and who has to know when that changes. */
export type Room = {
  take(sizeBytes: number): void;
  free(sizeBytes: number): void;
  takenBytes(): number;
  isHalfFull(): boolean;
  /** From the moment the limit is reached until a quarter of it is free again, so that doors do not flutter. */
  isFull(): boolean;
  /** Calls back each time it stops being full. */
  onRoom(listener: () => void): void;
  /** Settles as soon as nothing is taken. */
  empty(): Promise<void>;
};

export const room = (bytesMax: number): Room => {
  const listeners: (() => void)[] = [];
  let whenEmpty: (() => void)[] = [];
  let takenBytes = 0;
  let full = false;
  return {
    take: (sizeBytes) => {
      takenBytes += sizeBytes;
      if (takenBytes >= bytesMax) full = true;
    },
    free: (sizeBytes) => {
      takenBytes -= sizeBytes;
      if (full && takenBytes <= bytesMax * 0.75) {
        full = false;
        for (const listener of listeners) listener();
      }
      if (takenBytes > 0) return;
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    },
    takenBytes: () => takenBytes,
    isHalfFull: () => takenBytes >= bytesMax / 2,
    isFull: () => full,
    onRoom: (listener) => {
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
