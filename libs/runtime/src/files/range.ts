/** Bytes of a file: `from` is the first of them, `to` the first that is no more of them. */
export type ByteRange = { readonly from: number; readonly to: number };

/** As far as the file goes: beyond its end there is nothing, and that is no error. A caller that has to say so compares. */
export const rangeWithin = (bytes: number, { from = 0, to = bytes }: Partial<ByteRange> = {}): ByteRange => {
  const start = Math.min(Math.max(0, from), bytes);
  return { from: start, to: Math.min(Math.max(start, to), bytes) };
};
