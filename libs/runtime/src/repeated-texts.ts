/**
 * Texts out of bytes, for texts that come again and again: sensors, units, names of headers. One that was made before is
 * found by its bytes, and is the same text in memory: rows that hold it share it, its hash is known when a row is looked up
 * by it, and there is nothing to collect.
 */

/** Reads the texts of one field. A field whose texts do not repeat is noticed and then costs nothing more. */
export type TextReader = (bytes: Buffer, from: number, to: number) => string;

/** Longer ones are seldom repeated and dear to compare. */
const bytesMax = 64;
/** Slots for texts, a power of two, few enough to stay in a processor's cache. The last text has the slot. */
const slots = 4096;

/** The bytes of each slot one after another in one array, and how many they are: nothing to follow on the way there. */
const keptBytes = new Uint8Array(slots * bytesMax);
const keptLengths = new Uint8Array(slots);
const keptTexts: string[] = new Array<string>(slots).fill('');

/** How many more texts in a row may be new than were seen before, until a field is given up for a while. */
const creditMax = 64;
/** How many texts are then made without looking. */
const restTexts = 4096;

/** For one field of one kind of record, which all readers of it share. */
export const repeatedTexts = (): TextReader => {
  let credit = creditMax;
  let resting = 0;
  let last = 0;
  /** The text was the same as the one before: then the next one may be as well, and need not be hashed to be found. */
  let steady = true;
  return (bytes, from, to) => {
    const length = to - from;
    if (resting > 0) resting -= 1;
    if (resting > 0 || length > bytesMax) return bytes.toString('utf8', from, to);
    if (steady && isKept(last, bytes, from, length)) return keptTexts[last] as string; // All lists are as long.
    const slot = hashOf(bytes, from, to) & (slots - 1);
    steady = slot === last;
    last = slot;
    if (isKept(slot, bytes, from, length)) {
      if (credit < creditMax) credit += 1;
      return keptTexts[slot] as string;
    }
    credit -= 1;
    if (credit === 0) {
      credit = creditMax / 4;
      resting = restTexts;
    }
    const text = bytes.toString('utf8', from, to);
    for (let index = 0; index < length; index += 1) keptBytes[slot * bytesMax + index] = bytes[from + index] as number;
    keptLengths[slot] = length;
    keptTexts[slot] = text;
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

const isKept = (slot: number, bytes: Buffer, from: number, length: number): boolean => {
  if (keptLengths[slot] !== length) return false;
  const at = slot * bytesMax;
  for (let index = 0; index < length; index += 1) if (keptBytes[at + index] !== bytes[from + index]) return false;
  return true;
};
