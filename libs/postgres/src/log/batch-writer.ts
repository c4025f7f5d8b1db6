/**
 * How records become the body of a log batch. The layout, version 1, all lengths and counts as varints
 * (7 bits a byte, low first; signed ones zigzag):
 *
 *   version (1 byte) · CRC-32 of all that follows (4 bytes, big end first) · base time in ms · record count (4 bytes)
 *   per record: time minus base time (signed) · key · value · shape · one entry per header
 *
 * Texts are UTF-8 with their length before them. A shape is a list of header names: 0 says that a new one follows
 * (count, names), n is the n-th one seen. A header's entry is 0 and a text, or 1 and a text that is remembered for this
 * shape's column, or n + 2 for the n-th text remembered there. So a header that is the same in every record costs one
 * byte. The bytes of every version stay readable for ever: `batch-reader.ts`.
 */
import { crc32 } from 'node:zlib';
import type { Headers, NewRecord } from '@plenum/runtime';

export const bodyVersion = 1;
/** Where the part under the CRC begins. */
export const bodyStart = 5;

/** Writes batches one after another into one buffer that is used again and again. */
export type BatchWriter = {
  /** Forgets every batch written. */
  reset(): void;
  begin(baseTimeMs: number): void;
  add(record: NewRecord): void;
  /** Bytes of the batch begun, so far. */
  size(): number;
  /** Ends the batch begun and returns its bytes. */
  end(): number;
  /** All batches since `reset`, as a view that the next `reset` invalidates. */
  bytes(): Buffer;
};

type Column = { readonly seen: Map<string, number>; hits: number; misses: number };
type Shape = { readonly index: number; readonly names: readonly string[]; readonly columns: readonly Column[] };

/** A column that repeats itself this seldom is not worth looking up: ids and times never repeat. */
const missesMax = 32;
const rememberedMax = 1_024;
/** A buffer that one huge append made larger than this is let go. */
const keptBytesMax = 8 * 1024 * 1024;

export const batchWriter = (): BatchWriter => {
  let buffer = Buffer.allocUnsafe(256 * 1024);
  let at = 0;
  let batchAt = 0;
  let countAt = 0;
  let count = 0;
  let baseMs = 0;
  let shapes: Shape[] = [];
  let shapesByNames = new Map<string, Shape>();
  let lastShape: Shape | undefined;

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };

  const unsigned = (value: number): void => {
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  };

  const signed = (value: number): void => unsigned(value < 0 ? -value * 2 - 1 : value * 2);

  /** Short texts are nearly always ASCII, and a loop beats the call into native code. */
  const text = (value: string): void => {
    const length = value.length;
    reserve(length * 3 + 10);
    if (length > 42) {
      const bytes = Buffer.byteLength(value);
      unsigned(bytes);
      at += buffer.write(value, at, bytes, 'utf8');
      return;
    }
    const lengthAt = at;
    at += 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        at = lengthAt + 1 + buffer.write(value, lengthAt + 1, length * 3, 'utf8');
        break;
      }
      buffer[at++] = code;
    }
    buffer[lengthAt] = at - lengthAt - 1;
  };

  const shapeOf = (headers: Headers): Shape => {
    if (lastShape !== undefined && hasNames(headers, lastShape.names)) {
      unsigned(lastShape.index + 1);
      return lastShape;
    }
    const names = Object.keys(headers);
    const id = names.map((name) => `${name.length}:${name}`).join();
    const known = shapesByNames.get(id);
    if (known !== undefined) {
      unsigned(known.index + 1);
      return known;
    }
    const shape: Shape = {
      index: shapes.length,
      names,
      columns: names.map(() => ({ seen: new Map(), hits: 0, misses: 0 })),
    };
    shapes.push(shape);
    shapesByNames.set(id, shape);
    unsigned(0);
    unsigned(names.length);
    for (const name of names) text(name);
    return shape;
  };

  const header = (column: Column, value: string): void => {
    if (column.misses > missesMax && column.hits < column.misses) {
      buffer[at++] = 0;
      text(value);
      return;
    }
    const known = column.seen.get(value);
    if (known !== undefined) {
      column.hits += 1;
      unsigned(known + 2);
      return;
    }
    column.misses += 1;
    const remembered = column.seen.size < rememberedMax;
    if (remembered) column.seen.set(value, column.seen.size);
    buffer[at++] = remembered ? 1 : 0;
    text(value);
  };

  return {
    reset() {
      if (buffer.length > keptBytesMax) buffer = Buffer.allocUnsafe(256 * 1024);
      at = 0;
    },
    begin(baseTimeMs) {
      if (!Number.isSafeInteger(baseTimeMs)) throw new RangeError(`a record's time is ${baseTimeMs}`);
      reserve(32);
      batchAt = at;
      baseMs = baseTimeMs;
      count = 0;
      shapes = [];
      shapesByNames = new Map();
      lastShape = undefined;
      buffer[at] = bodyVersion;
      at += bodyStart;
      signed(baseTimeMs);
      countAt = at;
      at += 4;
    },
    add(record) {
      if (!Number.isSafeInteger(record.timestampMs)) throw new RangeError(`a record's time is ${record.timestampMs}`);
      reserve(32);
      signed(record.timestampMs - baseMs);
      text(record.key);
      const { value, headers } = record;
      reserve(value.length + 32);
      unsigned(value.length);
      buffer.set(value, at);
      at += value.length;
      lastShape = shapeOf(headers);
      const { names, columns } = lastShape;
      reserve(names.length * 10);
      for (let index = 0; index < names.length; index += 1) {
        // Both lists have this shape's length.
        reserve(10);
        header(columns[index] as Column, headers[names[index] as string] as string);
      }
      count += 1;
    },
    size: () => at - batchAt,
    end() {
      buffer.writeUInt32BE(count, countAt);
      buffer.writeUInt32BE(crc32(buffer.subarray(batchAt + bodyStart, at)), batchAt + 1);
      return at - batchAt;
    },
    bytes: () => buffer.subarray(0, at),
  };
};

const hasNames = (headers: Headers, names: readonly string[]): boolean => {
  let index = 0;
  for (const name in headers) {
    if (names[index] !== name) return false;
    index += 1;
  }
  return index === names.length;
};
