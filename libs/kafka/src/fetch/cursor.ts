/** Numbers as they lie in a record, and how long what is behind them is. */
import { DamagedBatch } from '../batch/damaged.ts';

/** A position in bytes, which moves along as they are read. */
export type Cursor = { readonly bytes: Buffer; at: number };

/** Zigzag, seven bits a byte, low first. Most are of one byte. */
export const readVarint = (cursor: Cursor): number => {
  const first = cursor.bytes[cursor.at];
  if (first === undefined) throw new DamagedBatch('a number begins behind the end');
  cursor.at += 1;
  return first < 0x80 ? (first >>> 1) ^ -(first & 1) : readLongVarint(cursor, first);
};

const varintBytesMax = 10;

/** No shifts: a difference of times can have more than 32 bits. */
const readLongVarint = (cursor: Cursor, first: number): number => {
  let value = first - 0x80;
  let scale = 0x80;
  for (let count = 1; count < varintBytesMax; count += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) break;
    cursor.at += 1;
    if (byte < 0x80) {
      value += byte * scale;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    value += (byte - 0x80) * scale;
    scale *= 0x80;
  }
  throw new DamagedBatch('a number does not end');
};

/** How long what follows is; nothing when there is none, which is written as a length of -1. */
export const readLength = (cursor: Cursor, end: number): number | undefined => {
  const length = readVarint(cursor);
  if (length === -1) return undefined;
  if (length < 0 || cursor.at + length > end) throw new DamagedBatch('something is longer than its record');
  return length;
};
