/** The headers of records, of which most have the names of the record before and many its values. */
import { type Headers, repeatedTexts, type TextReader } from '@plenum/runtime';
import { DamagedBatch } from '../batch/damaged.ts';
import { type Cursor, readLength, readVarint } from './cursor.ts';

/** Where headers of records come, one after the other; further ones begin again at the first. */
const recentTexts = Array.from({ length: 16 }, () => ({ name: repeatedTexts(), value: repeatedTexts() }));

/** The last of several with one name counts; one without a value is none, and takes those before it with it. */
export const readHeaders = (cursor: Cursor, end: number): Headers => {
  const count = readVarint(cursor);
  if (count > end - cursor.at) throw new DamagedBatch('there are more headers than bytes');
  const headers: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const recent = recentTexts[index % recentTexts.length] as (typeof recentTexts)[number]; // There are as many.
    // Kafka has no header without a name, and kafkajs calls it this.
    const name = readText(cursor, end, recent.name) ?? 'null';
    const value = readText(cursor, end, recent.value);
    if (value === undefined) delete headers[name];
    else if (name === '__proto__') Object.defineProperty(headers, name, { ...asAssigned, value });
    else headers[name] = value;
  }
  return headers;
};

const asAssigned = { enumerable: true, configurable: true, writable: true };

export const readText = (cursor: Cursor, end: number, read: TextReader): string | undefined => {
  const length = readLength(cursor, end);
  if (length === undefined) return undefined;
  cursor.at += length;
  return read(cursor.bytes, cursor.at - length, cursor.at);
};
