/** Texts of many rows in one piece of memory, as they travel and are stored: nobody makes a string that nobody reads. */

export type Texts = {
  /** In UTF-8, one behind the other. */
  readonly bytes: Uint8Array;
  /** Where each of them ends. */
  readonly ends: Int32Array;
  /** Which of them each row has; without it each row has its own. */
  readonly which?: Int32Array;
};

export const textsOf = (all: readonly string[]): Texts => {
  const joined = all.join('');
  const bytes = Buffer.from(joined);
  // Nearly all texts have as many bytes as characters.
  const isPlain = bytes.length === joined.length;
  const ends = new Int32Array(all.length);
  let end = 0;
  for (let index = 0; index < all.length; index += 1) {
    const text = all[index] as string; // The index is one of theirs.
    end += isPlain ? text.length : Buffer.byteLength(text);
    ends[index] = end;
  }
  // Halves of a character in two texts have become one.
  return { bytes: bytes.length === end ? bytes : Buffer.concat(all.map((text) => Buffer.from(text))), ends };
};

/** Each of them as a string, whether a row has it or not. Made once for texts that many batches have in common. */
export const stringsOf = ({ bytes, ends }: Texts): readonly string[] => {
  const known = strings.get(ends);
  if (known !== undefined) return known;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  const made = Array.from(ends, (end) => {
    const text = buffer.toString('utf8', from, end);
    from = end;
    return text;
  });
  strings.set(ends, made);
  return made;
};

const strings = new WeakMap<Int32Array, readonly string[]>();
