/**
 * Texts out of bytes, for texts that come again and again: sensors, types, units. One that was made before is found by its
 * bytes, and is the same text in memory: rows that hold it share it, its hash is known when a row is looked up by it, and there
 * is nothing to collect. Finding it costs no less than making it; what is saved is saved wherever it goes.
 */

/** Reads the texts of one field. A field whose texts do not repeat is noticed and then costs nothing more. */
export type TextReader = (bytes: Buffer, from: number, to: number) => string;

/** Longer ones are seldom repeated and dear to compare. */
const bytesMax = 64;
/** Places for texts, a power of two, few enough to stay in a processor's cache. Whoever comes last has the place. */
const places = 2048;

/** The bytes of each place one after another in one array, and how many they are: nothing to follow on the way there. */
const keptBytes = new Uint8Array(places * bytesMax);
const keptLengths = new Uint8Array(places);
const keptTexts: string[] = new Array<string>(places).fill('');

/** How many more texts in a row may be new than were seen before, until a field is given up for a while. */
const creditMax = 64;
/** How many texts are then made without looking. */
const restTexts = 4096;

/** For one field of one kind of record, which all readers of it share. */
export const repeatedTexts = (): TextReader => {
  let credit = creditMax;
  let resting = 0;
  return (bytes, from, to) => {
    const length = to - from;
    if (resting > 0) resting -= 1;
    if (resting > 0 || length > bytesMax) return bytes.toString('utf8', from, to);
    const place = hashOf(bytes, from, to) & (places - 1);
    if (keptLengths[place] === length && isKept(place * bytesMax, bytes, from, length)) {
      if (credit < creditMax) credit += 1;
      return keptTexts[place] as string; // Both lists are as long.
    }
    credit -= 1;
    if (credit === 0) {
      credit = creditMax / 4;
      resting = restTexts;
    }
    const text = bytes.toString('utf8', from, to);
    for (let index = 0; index < length; index += 1) keptBytes[place * bytesMax + index] = bytes[from + index] as number;
    keptLengths[place] = length;
    keptTexts[place] = text;
    return text;
  };
};

/** Four bytes a step: a step has to wait for the one before. */
const hashOf = (bytes: Buffer, from: number, to: number): number => {
  let hash = to - from;
  let at = from;
  for (; at + 3 < to; at += 4) {
    // Inside the text, which is inside the bytes.
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 13);
};

const isKept = (at: number, bytes: Buffer, from: number, length: number): boolean => {
  for (let index = 0; index < length; index += 1) if (keptBytes[at + index] !== bytes[from + index]) return false;
  return true;
};
