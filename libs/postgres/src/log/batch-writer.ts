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
import { type ByteWriter, byteWriter } from './byte-writer.ts';

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

export const batchWriter = (): BatchWriter => {
  const out = byteWriter();
  let shapes = headerShapes(out);
  let batchAt = 0;
  let countAt = 0;
  let count = 0;
  let baseMs = 0;
  return {
    reset: out.reset,
    begin(baseTimeMs) {
      batchAt = out.at();
      baseMs = baseTimeMs;
      count = 0;
      shapes = headerShapes(out);
      out.skip(bodyStart);
      out.signed(baseTimeMs);
      countAt = out.at();
      out.skip(4);
    },
    add({ timestampMs, key, value, headers }) {
      if (!Number.isSafeInteger(timestampMs)) throw new RangeError(`a record's time is ${timestampMs}`);
      out.signed(timestampMs - baseMs);
      out.text(key);
      out.bytes(value);
      shapes.write(headers);
      count += 1;
    },
    size: () => out.at() - batchAt,
    end() {
      const batch = out.view(batchAt);
      batch.writeUInt32BE(count, countAt - batchAt);
      batch[0] = bodyVersion;
      batch.writeUInt32BE(crc32(batch.subarray(bodyStart)), 1);
      return batch.length;
    },
    bytes: () => out.view(0),
  };
};

/** One batch's shapes: the lists of header names seen, and the values remembered for each. */
const headerShapes = (out: ByteWriter): { write(headers: Headers): void } => {
  const byNames = new Map<string, Shape>();
  let last: Shape | undefined;

  const shapeOf = (headers: Headers): Shape => {
    if (last !== undefined && hasNames(headers, last.names)) return last;
    const names = Object.keys(headers);
    const id = names.map((name) => `${name.length}:${name}`).join();
    const known = byNames.get(id);
    if (known !== undefined) return known;
    const columns = names.map((): Column => ({ seen: new Map(), hits: 0, misses: 0 }));
    // Numbered from 1 up as they are written for the first time; 0 says that this is the first time.
    const made: Shape = { index: byNames.size + 1, names, columns };
    byNames.set(id, made);
    out.unsigned(0);
    out.unsigned(names.length);
    for (const name of names) out.text(name);
    return made;
  };

  return {
    write(headers) {
      const known = byNames.size;
      const shape = shapeOf(headers);
      if (byNames.size === known) out.unsigned(shape.index);
      const { names, columns } = shape;
      for (let index = 0; index < names.length; index += 1) {
        // Both lists have this shape's length.
        writeHeader(out, columns[index] as Column, headers[names[index] as string] as string);
      }
      last = shape;
    },
  };
};

const writeHeader = (out: ByteWriter, column: Column, value: string): void => {
  const remembers = column.misses <= missesMax || column.hits >= column.misses;
  const known = remembers ? column.seen.get(value) : undefined;
  if (known !== undefined) {
    column.hits += 1;
    out.unsigned(known + 2);
    return;
  }
  column.misses += 1;
  const remembered = remembers && column.seen.size < rememberedMax;
  if (remembered) column.seen.set(value, column.seen.size);
  out.unsigned(remembered ? 1 : 0);
  out.text(value);
};

const hasNames = (headers: Headers, names: readonly string[]): boolean => {
  let index = 0;
  for (const name in headers) {
    if (names[index] !== name) return false;
    index += 1;
  }
  return index === names.length;
};
