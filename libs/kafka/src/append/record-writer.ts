/**
 * The records of a batch, as format 2 has them, in one buffer that is used again and again: touching new memory for the
 * first time costs as much as all the writing.
 */
import type { NewRecord } from '@plenum/runtime';
import { lengthBytesOf, textBytesMax, varintBytesMax, writeText, writeVarint } from './batch-bytes.ts';
import { headerWriter } from './header-writer.ts';

export type RecordWriter = {
  /** One record behind the other. `bytes` is a view that the next call invalidates. */
  write(records: readonly NewRecord[]): Written;
};

export type Written = { readonly bytes: Buffer; readonly firstMs: number; readonly lastMs: number };

const firstBytes = 64 * 1024;
/** A buffer that something huge made larger than this is let go. */
const keptBytesMax = 2 * 1024 * 1024;
/** A record is written behind its length, which is known afterwards: of all but the smallest and largest it has two bytes. */
const lengthBytesUsual = 2;
/** Of a record besides its key, its value and its headers: length, attributes, time, offset, length of the value. */
const frameBytesMax = 1 + 4 * varintBytesMax;

export const recordWriter = (): RecordWriter => {
  const headers = headerWriter();
  let bytes = Buffer.allocUnsafe(firstBytes);

  const reserve = (at: number, more: number): void => {
    if (at + more <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, at + more));
    bytes.copy(larger, 0, 0, at);
    bytes = larger;
  };
  /** @returns where it ends. */
  const writeRecord = (from: number, record: NewRecord, index: number, sinceFirstMs: number): number => {
    const { key, value } = record;
    reserve(from, frameBytesMax + textBytesMax(key) + value.byteLength + headers.take(record.headers));
    const bodyAt = from + lengthBytesUsual;
    bytes[bodyAt] = 0; // No attributes.
    let at = writeVarint(bytes, bodyAt + 1, sinceFirstMs);
    at = writeVarint(bytes, at, index);
    at = writeText(bytes, at, key);
    at = writeVarint(bytes, at, value.byteLength);
    bytes.set(value, at);
    at = headers.write(bytes, at + value.byteLength);
    const length = at - bodyAt;
    const lengthBytes = lengthBytesOf(length);
    if (lengthBytes !== lengthBytesUsual) bytes.copyWithin(from + lengthBytes, bodyAt, at);
    return writeVarint(bytes, from, length) + length;
  };

  return {
    write(records) {
      if (bytes.length > keptBytesMax) bytes = Buffer.allocUnsafe(firstBytes);
      const firstMs = records[0]?.timestampMs ?? 0;
      let lastMs = firstMs;
      let at = 0;
      for (let index = 0; index < records.length; index += 1) {
        const record = records[index] as NewRecord; // `index` is below the length.
        if (record.timestampMs > lastMs) lastMs = record.timestampMs;
        at = writeRecord(at, record, index, record.timestampMs - firstMs);
      }
      return { bytes: bytes.subarray(0, at), firstMs, lastMs };
    },
  };
};
