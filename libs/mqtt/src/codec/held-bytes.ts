/** A packet, or its beginning, that is put together from several chunks. */

export type HeldBytes = {
  /** What there is; the same memory until more is added. */
  bytes(): Buffer;
  size(): number;
  /** @param wanted how many bytes it will have in all, as far as that is known. */
  add(part: Uint8Array, wanted: number): void;
};

/**
 * Never has more memory than twice what has come, beyond a few kilobytes: a length that is announced costs nothing. Grows
 * by doubling, so that a packet in a million pieces is not copied a million times.
 */
export const heldBytes = (): HeldBytes => {
  let memory = Buffer.alloc(0);
  let size = 0;
  return {
    bytes: () => memory,
    size: () => size,
    add: (part, wanted) => {
      const needed = size + part.length;
      if (needed > memory.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(wanted, Math.max(2 * needed, atOnceBytes))));
        grown.set(memory.subarray(0, size));
        memory = grown;
      }
      memory.set(part, size);
      size = needed;
    },
  };
};

const atOnceBytes = 2048;
