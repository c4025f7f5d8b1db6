/** UUIDs as the 16 bytes they stand for. */

export const uuidLength = 36;
export const uuidByteCount = 16;

const hyphen = 0x2d;
/** Where the first of the two digits of each byte stands. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const hyphens = [8, 13, 18, 23] as const;

/** What a lower-case hexadecimal digit stands for, by its character; more than a byte for any other. */
const noDigit = 0x100;
const digits = new Uint16Array(128).fill(noDigit);
const characters = new Uint8Array(16);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  digits[digit.charCodeAt(0)] = value;
  characters[value] = digit.charCodeAt(0);
}

const digit = (character: number): number => digits[character] ?? noDigit;

/**
 * Writes a text of 36 characters as 16 bytes, if it is a UUID that `readUuid` makes again: in lower case. What it writes when it
 * is none means nothing.
 */
export const writeUuid = (text: string, to: Uint8Array, at: number): boolean => {
  for (let index = 0; index < hyphens.length; index += 1) {
    if (text.charCodeAt(hyphens[index] as number) !== hyphen) return false; // Below the length.
  }
  let all = 0;
  for (let index = 0; index < uuidByteCount; index += 1) {
    const place = places[index] as number; // Below the length.
    const byte = digit(text.charCodeAt(place)) * 16 + digit(text.charCodeAt(place + 1));
    all |= byte;
    to[at + index] = byte;
  }
  return all < noDigit;
};

/** Written here and made one text of: joined from pieces it would be a tree. */
const written = Buffer.alloc(uuidLength, hyphen);

/** 36 characters, lower case, of the 16 bytes from `at` on. */
export const readUuid = (from: Uint8Array, at: number): string => {
  for (let index = 0; index < uuidByteCount; index += 1) {
    const byte = from[at + index] as number; // The caller knows that they are there.
    const place = places[index] as number; // Below the length.
    written[place] = characters[byte >> 4] as number;
    written[place + 1] = characters[byte & 0x0f] as number;
  }
  return written.toString('latin1');
};
