/** Batches of rows as row groups of the size that a file has. */
import {
  type ColumnBatch,
  type ColumnMemory,
  type ColumnValues,
  type ExportColumn,
  stringsOf,
  type Texts,
  textsOf,
  uuidByteCount,
} from '@plenum/runtime';

/**
 * A group ends with the row that makes it this large. Four times as many rows take twice the memory, for all of a group outlives
 * the collections of young objects, and make the file no smaller.
 */
const groupRowsMax = 16_384;
const groupTextMax = 33_554_432;

/** The same groups of the same rows, whatever the batches. */
export async function* rowGroups(
  columns: readonly ExportColumn[],
  batches: AsyncIterable<ColumnBatch>,
): AsyncGenerator<ColumnBatch, void> {
  let parts: ColumnBatch[] = [];
  let rows = 0;
  let text = 0;
  for await (const batch of batches) {
    const texts = batch.columns.map(({ values }) => values).filter((values) => 'ends' in values);
    let from = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      rows += 1;
      for (const one of texts) text += lengthAt(one, row);
      if (rows < groupRowsMax && text < groupTextMax) continue;
      yield joined(columns, [...parts, part(columns, batch, from, row + 1)]);
      from = row + 1;
      parts = [];
      rows = 0;
      text = 0;
    }
    if (from < batch.rows) parts.push(part(columns, batch, from, batch.rows));
  }
  if (parts.length > 0) yield joined(columns, parts);
}

const startOf = (ends: Int32Array, index: number): number => (index === 0 ? 0 : (ends[index - 1] as number)); // One of theirs.

const lengthAt = ({ ends, which }: Texts, row: number): number => {
  const index = which?.[row] ?? row;
  return (ends[index] as number) - startOf(ends, index); // Every row has one.
};

const part = (columns: readonly ExportColumn[], batch: ColumnBatch, from: number, to: number): ColumnBatch => {
  if (from === 0 && to === batch.rows) return batch;
  const taken = columns.map(({ type }, index): ColumnValues => {
    const { values, nulls } = batch.columns[index] as ColumnValues; // As many as there are columns.
    const places = type === 'uuid' ? uuidByteCount : 1;
    return {
      values: 'ends' in values ? textsPart(values, from, to) : values.subarray(from * places, to * places),
      ...(nulls && { nulls: nulls.subarray(from, to) }),
    };
  });
  return { rows: to - from, columns: taken };
};

const textsPart = ({ bytes, ends, which }: Texts, from: number, to: number): Texts => {
  if (which !== undefined) return { bytes, ends, which: which.subarray(from, to) };
  const start = startOf(ends, from);
  return {
    bytes: bytes.subarray(start, startOf(ends, to)),
    ends: ends.subarray(from, to).map((end) => end - start),
  };
};

const joined = (columns: readonly ExportColumn[], parts: readonly ColumnBatch[]): ColumnBatch => {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const all = columns.map((_, index): ColumnValues => {
    const found = parts.map((one) => one.columns[index] as ColumnValues); // As many as there are columns.
    const values = joinedMemory(found.map((one) => one.values));
    if (found.every(({ nulls }) => nulls === undefined)) return { values };
    const nulls = parts.map(({ rows }, at) => found[at]?.nulls ?? new Uint8Array(rows));
    return { values, nulls: Buffer.concat(nulls) };
  });
  return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), columns: all };
};

/** All are of one kind: they are of one column. */
const joinedMemory = (all: readonly ColumnMemory[]): ColumnMemory => {
  const [first] = all;
  if (first === undefined || 'ends' in first) return joinedTexts(all as readonly Texts[]);
  const length = all.reduce((sum, one) => sum + (one as typeof first).length, 0);
  if (first instanceof Float64Array) return filled(new Float64Array(length), all as readonly Float64Array[]);
  if (first instanceof Int32Array) return filled(new Int32Array(length), all as readonly Int32Array[]);
  if (first instanceof BigInt64Array) return filled(new BigInt64Array(length), all as readonly BigInt64Array[]);
  return filled(new Uint8Array(length), all as readonly Uint8Array[]);
};

const joinedTexts = (all: readonly Texts[]): Texts => {
  const [first] = all;
  if (first?.which !== undefined && all.every(({ ends, which }) => ends === first.ends && which !== undefined)) {
    return { ...first, which: joinedMemory(all.map(({ which }) => which as Int32Array)) as Int32Array }; // Each has it.
  }
  if (all.some(({ which }) => which !== undefined)) {
    return textsOf(
      all.flatMap((one) => {
        const strings = stringsOf(one);
        return one.which === undefined ? strings : Array.from(one.which, (index) => strings[index] as string); // One of theirs.
      }),
    );
  }
  const ends = new Int32Array(all.reduce((sum, one) => sum + one.ends.length, 0));
  let row = 0;
  let before = 0;
  for (const one of all) {
    for (const end of one.ends) ends[row++] = before + end;
    before += one.bytes.length;
  }
  return { bytes: Buffer.concat(all.map(({ bytes }) => bytes)), ends };
};

const filled = <Memory extends { set(from: Memory, at: number): void; readonly length: number }>(
  to: Memory,
  all: readonly Memory[],
): Memory => {
  let at = 0;
  for (const one of all) {
    to.set(one, at);
    at += one.length;
  }
  return to;
};
