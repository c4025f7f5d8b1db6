/** The beginning of a packet that came in pieces. Grows by doubling, so that many small pieces cost no more than one. */
export type HeldBytes = {
  /** What is held, from its beginning; not for longer than until more is added. */
  bytes(): Uint8Array;
  size(): number;
  add(piece: Uint8Array): void;
  /** Hands it over, and holds nothing more. */
  take(): Uint8Array;
};

export const heldBytes = (): HeldBytes => {
  let buffer = none;
  let size = 0;
  return {
    bytes: () => buffer,
    size: () => size,
    add: (piece) => {
      if (size + piece.length > buffer.length) {
        const larger = new Uint8Array(Math.max(smallest, 2 * buffer.length, size + piece.length));
        larger.set(buffer.subarray(0, size));
        buffer = larger;
      }
      buffer.set(piece, size);
      size += piece.length;
    },
    take: () => {
      const taken = buffer.subarray(0, size);
      buffer = none;
      size = 0;
      return taken;
    },
  };
};

const none = new Uint8Array(0);
const smallest = 64;
