/**
 * How records become the body of a log batch. The layout, version 2, all lengths and counts as varints (7 bits a byte, low
 * first; signed ones zigzag), in the form that `body-form.ts` describes:
 *
 *   base time in ms (signed) · record count (4 bytes)
 *   per record: time minus base time (signed) · key · value · shape · one entry per header
 *
 * Texts are UTF-8 with their length before them. A shape is a list of header names: 0 says that a new one follows
 * (count, names), n is the n-th one of the batch; the first of every batch is the list that events have (`eventShape`). A
 * header's entry is 0 and a text, 1 and a text that is remembered for this shape's column, 2 or 3 and the 16 bytes of a UUID in
 * the place of such texts, or n + 4 for the n-th text remembered there. So a header that is the same in every record costs one
 * byte. The bytes of every version stay readable for ever: `batch-reader.ts`.
 */
import type { Headers, NewRecord } from '@plenum/runtime';
import { bodyStart, sealBody } from './body-form.ts';
import { type ByteWriter, byteWriter } from './byte-writer.ts';

/** How a header's entry begins. From `remembered` on it is the number of what is remembered. */
export const entries = { text: 0, newText: 1, uuid: 2, newUuid: 3, remembered: 4 } as const;

/** Headers of an event that nobody decided, and what is remembered of each from the start. It belongs to the layout. */
export const eventShape: readonly (readonly [name: string, remembered: readonly string[]])[] = [
  ['ce_specversion', ['1.0']],
  ['ce_type', []],
  ['ce_source', []],
  ['ce_id', []],
  ['ce_time', []],
  ['content-type', ['application/avro']],
];

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
      const length = sealBody(batch);
      out.back(batchAt + length);
      return length;
    },
    bytes: () => out.view(0),
  };
};

type Column = {
  readonly fromStart: readonly string[];
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
  const ofEvents: Shape = {
    names: eventShape.map(([name]) => name),
    columns: eventShape.map(([, remembered]) => newColumn(remembered)),
    ...{ batch: 0, index: 0 },
  };
  const byNames = new Map<string, Shape>([[idOf(ofEvents.names), ofEvents]]);
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
    const id = idOf(names);
    const known = byNames.get(id);
    const shape = known ?? { names, columns: names.map(() => newColumn([])), batch: 0, index: 0 };
    if (known === undefined) byNames.set(id, shape);
    take(headers, names);
    return shape;
  };
  const beginShape = (shape: Shape): void => {
    // Numbered from 1 up as they are written for the first time; 0 says that this is the first time.
    count += 1;
    shape.batch = batch;
    shape.index = count;
    for (const column of shape.columns) beginColumn(column);
  };
  const declare = (shape: Shape): void => {
    beginShape(shape);
    out.unsigned(0);
    out.unsigned(shape.names.length);
    for (const name of shape.names) out.text(name);
  };

  return {
    begin() {
      batch += 1;
      count = 0;
      if (byNames.size > shapesMax) {
        byNames.clear();
        byNames.set(idOf(ofEvents.names), ofEvents);
        last = ofEvents;
      }
      beginShape(ofEvents);
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

const idOf = (names: readonly string[]): string => names.map((name) => `${name.length}:${name}`).join();

const newColumn = (fromStart: readonly string[]): Column => ({
  ...{ fromStart, seen: new Map(), last: undefined, lastIndex: 0, hits: 0, misses: 0, without: 0 },
});

const beginColumn = (column: Column): void => {
  if (column.without > 0) column.without -= 1;
  else if (!repeats(column)) column.without = batchesWithout;
  column.seen.clear();
  for (const text of column.fromStart) column.seen.set(text, column.seen.size);
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
    out.unsigned(known + entries.remembered);
    return;
  }
  column.misses += 1;
  const remembered = remembers && column.seen.size < rememberedMax;
  if (remembered) {
    column.last = value;
    column.lastIndex = column.seen.size;
    column.seen.set(value, column.seen.size);
  }
  if (out.uuid(remembered ? entries.newUuid : entries.uuid, value)) return;
  out.unsigned(remembered ? entries.newText : entries.text);
  out.text(value);
};
