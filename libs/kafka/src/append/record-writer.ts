/**
 * The records of a batch, as format 2 has them, in one buffer that is used again and again: touching new memory for the
 * first time costs as much as all the writing.
 */
import type { Headers, NewRecord } from '@plenum/runtime';

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

export const recordWriter = (): RecordWriter => {
  let bytes = Buffer.allocUnsafe(firstBytes);
  let columns: readonly Column[] = [];

  /** A record's headers as they are written, for as long as the names stay the same. */
  const columnsOf = (headers: Headers): readonly Column[] => {
    if (!hasNames(headers, columns)) columns = Object.keys(headers).map(column);
    return columns;
  };
  const roomFor = (more: number, at: number): void => {
    if (at + more <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, at + more));
    bytes.copy(larger, 0, 0, at);
    bytes = larger;
  };

  return {
    write(records) {
      if (bytes.length > keptBytesMax) bytes = Buffer.allocUnsafe(firstBytes);
      const firstMs = records[0]?.timestampMs ?? 0;
      let lastMs = firstMs;
      let at = 0;
      for (let index = 0; index < records.length; index += 1) {
        const record = records[index] as NewRecord; // `index` is below the length.
        const { timestampMs } = record;
        if (timestampMs > lastMs) lastMs = timestampMs;
        const described = columnsOf(record.headers);
        roomFor(recordBytesMax(record, described), at);
        const bodyAt = at + lengthBytesUsual;
        const end = writeBody(bytes, bodyAt, {
          record,
          columns: described,
          index,
          sinceFirstMs: timestampMs - firstMs,
        });
        const lengthBytes = varintBytes(end - bodyAt);
        if (lengthBytes !== lengthBytesUsual) bytes.copyWithin(at + lengthBytes, bodyAt, end);
        writeVarint(bytes, at, end - bodyAt);
        at += lengthBytes + end - bodyAt;
      }
      return { bytes: bytes.subarray(0, at), firstMs, lastMs };
    },
  };
};

/** One header of the records under way. */
type Column = {
  readonly name: string;
  /** The name with its length. */
  readonly nameBytes: Uint8Array;
  /** What the last record had here. */
  value: string;
  /** Name and value as bytes, once two records in a row had the same: most headers are the same in all of them. */
  entry: Uint8Array | undefined;
};

const column = (name: string): Column => {
  const bytes = Buffer.allocUnsafe(varintBytesMax + 3 * name.length);
  return { name, nameBytes: bytes.subarray(0, writeText(bytes, 0, name)), value: '', entry: undefined };
};

const hasNames = (headers: Headers, columns: readonly Column[]): boolean => {
  let index = 0;
  for (const name in headers) {
    if (columns[index]?.name !== name) return false;
    index += 1;
  }
  return index === columns.length;
};

/** The longest varint of a safe integer. */
const varintBytesMax = 8;
/** Of a record besides its texts and its value: length, attributes, time, offset, two lengths, number of headers. */
const frameBytesMax = 1 + 6 * varintBytesMax;

/** Three bytes for a character is the most that UTF-8 takes for one unit of a JavaScript string. */
const recordBytesMax = ({ key, value, headers }: NewRecord, columns: readonly Column[]): number => {
  let bytes = frameBytesMax + 3 * key.length + value.byteLength;
  for (const { name, nameBytes } of columns) {
    bytes += nameBytes.length + varintBytesMax + 3 * (headers[name] as string).length; // As many as there are names.
  }
  return bytes;
};

type Body = {
  readonly record: NewRecord;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly sinceFirstMs: number;
};

/** @returns where it ends. */
const writeBody = (bytes: Buffer, from: number, { record, columns, index, sinceFirstMs }: Body): number => {
  const { key, value, headers } = record;
  let at = from;
  bytes[at++] = 0;
  at = writeVarint(bytes, at, sinceFirstMs);
  at = writeVarint(bytes, at, index);
  at = writeText(bytes, at, key);
  at = writeVarint(bytes, at, value.byteLength);
  bytes.set(value, at);
  at = writeVarint(bytes, at + value.byteLength, columns.length);
  for (const one of columns) at = writeHeader(bytes, at, one, headers[one.name] as string);
  return at;
};

const writeHeader = (bytes: Buffer, from: number, one: Column, value: string): number => {
  const again = value === one.value;
  if (again && one.entry !== undefined) return copy(bytes, from, one.entry);
  const end = writeText(bytes, copy(bytes, from, one.nameBytes), value);
  one.value = value;
  one.entry = again ? Uint8Array.prototype.slice.call(bytes, from, end) : undefined;
  return end;
};

/** A few bytes: a loop over those beats the call into native code. */
const copy = (bytes: Buffer, from: number, source: Uint8Array): number => {
  for (let index = 0; index < source.length; index += 1) bytes[from + index] = source[index] as number;
  return from + source.length;
};

/** Up to so many bytes the length of a text has one. */
const shortTextMax = 63;

/** Most texts are short, so it is tried as if this one were; its bytes need not be counted beforehand then. */
const writeText = (bytes: Buffer, from: number, text: string): number => {
  if (text.length <= shortTextMax) {
    const length = bytes.write(text, from + 1);
    if (length <= shortTextMax) {
      bytes[from] = length * 2;
      return from + 1 + length;
    }
  }
  const length = Buffer.byteLength(text);
  const at = writeVarint(bytes, from, length);
  return at + bytes.write(text, at);
};

/** Zigzag, seven bits a byte, low first. */
const writeVarint = (bytes: Buffer, from: number, value: number): number => {
  let at = from;
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  // No shifts up there: a difference of times can have more than 32 bits.
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
};

/** Of a length. */
const varintBytes = (length: number): number => {
  let count = 1;
  for (let rest = length * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) count += 1;
  return count;
};
