/** Numbers and texts as they stand in a batch. Each function takes where to write, and returns where it ended. */

/** The longest varint of a safe integer. */
export const varintBytesMax = 8;

/** Zigzag, seven bits a byte, low first. */
export const writeVarint = (bytes: Uint8Array, from: number, value: number): number => {
  let at = from;
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  // No shifts up there: a difference of times can have more than 32 bits.
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
};

/** How many bytes a length has. */
export const lengthBytesOf = (length: number): number => {
  let count = 1;
  for (let rest = length * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) count += 1;
  return count;
};

/** With its length; three bytes for a character is the most that UTF-8 takes for one unit of a JavaScript string. */
export const textBytesMax = (text: string): number => varintBytesMax + 3 * text.length;

/** Up to so many bytes the length of a text has one. */
const shortTextMax = 63;

/** Most texts are short, so it is tried as if this one were: its bytes need not be counted beforehand then. */
export const writeText = (bytes: Buffer, from: number, text: string): number => {
  if (text.length <= shortTextMax) {
    const length = bytes.write(text, from + 1);
    if (length <= shortTextMax) {
      bytes[from] = length * 2;
      return from + 1 + length;
    }
  }
  const at = writeVarint(bytes, from, Buffer.byteLength(text));
  return at + bytes.write(text, at);
};
