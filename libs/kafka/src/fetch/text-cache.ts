/**
 * Texts by their bytes. Keys and headers are the same few texts again and again, and making a string of bytes costs several
 * times what finding it costs: a text that was made is kept, where its bytes lead to, until another one replaces it.
 */

/** What is longer hardly comes twice. */
const lengthMax = 64;
const slots = 4_096;
/** For all readers of the process: texts, how many bytes of UTF-8 they have, and those bytes, side by side. */
const texts: string[] = new Array(slots).fill('');
const lengths = new Uint8Array(slots);
const memory = new Uint8Array(slots * lengthMax);

/** What comes in one field, such as the value of the third header: where the last one is kept, how many in a row were new. */
export type RecentText = { slot: number; unseen: number };

export const recentText = (): RecentText => ({ slot: 0, unseen: 0 });

/** Ids and times: what was new so often in a row is not looked for until `restMany` of them have passed. */
const unseenMany = 64;
const restMany = 2_048;

/** UTF-8; the caller has seen that the bytes are there. */
export const textAt = (recent: RecentText, bytes: Buffer, at: number, length: number): string => {
  if (recent.unseen >= unseenMany || length > lengthMax) {
    recent.unseen = recent.unseen < restMany ? recent.unseen + 1 : 0;
    return bytes.toString('utf8', at, at + length);
  }
  if (!isKept(recent.slot, bytes, at, length)) {
    recent.slot = slotOf(bytes, at, length);
    if (isKept(recent.slot, bytes, at, length)) {
      recent.unseen = 0;
    } else {
      recent.unseen += 1;
      keep(recent.slot, bytes, at, length);
    }
  }
  return texts[recent.slot] as string; // There are as many as slots.
};

const isKept = (slot: number, bytes: Buffer, at: number, length: number): boolean => {
  if (lengths[slot] !== length) return false;
  const from = slot * lengthMax;
  for (let index = 0; index < length; index += 1) if (memory[from + index] !== bytes[at + index]) return false;
  return true;
};

const keep = (slot: number, bytes: Buffer, at: number, length: number): void => {
  texts[slot] = bytes.toString('utf8', at, at + length);
  lengths[slot] = length;
  bytes.copy(memory, slot * lengthMax, at, at + length);
};

const slotOf = (bytes: Buffer, at: number, length: number): number => {
  let hash = length;
  for (let index = at; index < at + length; index += 1) hash = (Math.imul(hash, 31) + (bytes[index] as number)) | 0;
  return (hash ^ (hash >>> 12)) & (slots - 1);
};
