/** What the broker sent and is read a little later, together with more of it. */
export type LateBytes = {
  add(bytes: Buffer): void;
  /** Reads everything that was added. */
  read(): void;
};

export const lateBytes = (read: (bytes: Buffer) => void): LateBytes => {
  let waiting: Buffer[] = [];
  return {
    add: (bytes) => {
      waiting.push(bytes);
    },
    read: () => {
      const [only] = waiting;
      if (only === undefined) return;
      const bytes = waiting.length === 1 ? only : Buffer.concat(waiting);
      waiting = [];
      read(bytes);
    },
  };
};
