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

/** A column that repeats itself this seldom is not worth looking up: ids and times never repeat. */
const missesMax = 32;
/** Nor in so many batches that follow: they mostly are as the one before. */
const batchesWithout = 15;
const rememberedMax = 1_024;
/** Lists of header names that are known from one batch to the next. */
const shapesMax = 64;

export const batchWriter = (): BatchWriter => {
  const out = byteWriter();
  const shapes = headerShapes(out);
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
      shapes.begin();
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

type Column = {
  readonly seen: Map<string, number>;
  /** The text remembered or found last, and its number: what is the same in every record need not be looked up. */
  last: string | undefined;
  lastIndex: number;
  hits: number;
  misses: number;
  /** Batches left in which nothing is looked up. */
  without: number;
};
type Shape = { readonly names: readonly string[]; readonly columns: readonly Column[]; batch: number; index: number };

type HeaderShapes = { begin(): void; write(headers: Headers): void };

/** The lists of header names seen in a batch, and the values remembered for each. */
const headerShapes = (out: ByteWriter): HeaderShapes => {
  const byNames = new Map<string, Shape>();
  /** Those of the record under way, in the order of its names. */
  const values: string[] = [];
  let last: Shape | undefined;
  let batch = 0;
  let count = 0;

  /** One pass for both: `for in` finds each value beside its name, and by its name alone it is looked for. */
  const take = (headers: Headers, names: readonly string[]): boolean => {
    let index = 0;
    for (const name in headers) {
      if (names[index] !== name) return false;
      values[index] = headers[name] as string; // It was just named.
      index += 1;
    }
    return index === names.length;
  };
  const shapeOf = (headers: Headers): Shape => {
    const names = Object.keys(headers);
    const id = names.map((name) => `${name.length}:${name}`).join();
    const known = byNames.get(id);
    const shape = known ?? { names, columns: names.map(newColumn), batch: 0, index: 0 };
    if (known === undefined) byNames.set(id, shape);
    take(headers, names);
    return shape;
  };
  const declare = (shape: Shape): void => {
    // Numbered from 1 up as they are written for the first time; 0 says that this is the first time.
    count += 1;
    shape.batch = batch;
    shape.index = count;
    for (const column of shape.columns) beginColumn(column);
    out.unsigned(0);
    out.unsigned(shape.names.length);
    for (const name of shape.names) out.text(name);
  };

  return {
    begin() {
      batch += 1;
      count = 0;
      if (byNames.size <= shapesMax) return;
      byNames.clear();
      last = undefined;
    },
    write(headers) {
      const shape = last !== undefined && take(headers, last.names) ? last : shapeOf(headers);
      if (shape.batch === batch) out.unsigned(shape.index);
      else declare(shape);
      const { columns } = shape;
      for (let index = 0; index < columns.length; index += 1) {
        // Both lists have this shape's length.
        writeHeader(out, columns[index] as Column, values[index] as string);
      }
      last = shape;
    },
  };
};

const newColumn = (): Column => ({ seen: new Map(), last: undefined, lastIndex: 0, hits: 0, misses: 0, without: 0 });

const beginColumn = (column: Column): void => {
  if (column.without > 0) column.without -= 1;
  else if (!repeats(column)) column.without = batchesWithout;
  column.seen.clear();
  column.last = undefined;
  column.hits = 0;
  column.misses = 0;
};

const repeats = ({ hits, misses }: Column): boolean => misses <= missesMax || hits >= misses;

const writeHeader = (out: ByteWriter, column: Column, value: string): void => {
  const remembers = column.without === 0 && repeats(column);
  const known = !remembers ? undefined : value === column.last ? column.lastIndex : column.seen.get(value);
  if (known !== undefined) {
    column.hits += 1;
    column.last = value;
    column.lastIndex = known;
    out.unsigned(known + 2);
    return;
  }
  column.misses += 1;
  const remembered = remembers && column.seen.size < rememberedMax;
  if (remembered) {
    column.last = value;
    column.lastIndex = column.seen.size;
    column.seen.set(value, column.seen.size);
  }
  out.unsigned(remembered ? 1 : 0);
  out.text(value);
};
