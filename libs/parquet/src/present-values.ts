/**
 * The values of a column that are there, in the plain types of the format and one behind the other: of what is to be written, and
 * of what was read.
 */
import { type ColumnValues, type ExportColumn, uuidByteCount } from '@plenum/runtime';
import type { DecodedArray } from 'hyparquet';
import { formOfStrings, formOfTexts, type TextForm } from './text-form.ts';

export type PresentValues = {
  /** Of all, whether it has a value. */
  readonly rows: number;
  /** 1 for each row that has none. Nothing where all have one. */
  readonly nulls?: Uint8Array;
  readonly values: Float64Array | Int32Array | BigInt64Array | Uint8Array | TextForm;
};

/** Of what is to be written. @throws TypeError for what the column cannot have, which is a bug of who gave it. */
export const presentToWrite = (
  { name, type, nullable }: ExportColumn,
  rows: number,
  column: ColumnValues,
): PresentValues => {
  const { values } = column;
  const nulls = column.nulls?.includes(1) === true ? column.nulls : undefined;
  if (nulls !== undefined && !nullable) throw new TypeError(`The column ${name} is ${type} and cannot have NULL`);
  if (values instanceof Float64Array && !values.every(Number.isFinite)) {
    throw new TypeError(`The column ${name} is ${type} and cannot have what is no number`);
  }
  const found = { rows, ...(nulls && { nulls }) };
  if ('ends' in values) return { ...found, values: formOfTexts(values, nulls) };
  const places = type === 'uuid' ? uuidByteCount : 1;
  const present =
    nulls === undefined ? values : values.filter((_: unknown, at: number) => nulls[Math.floor(at / places)] !== 1);
  return { ...found, values: type === 'timestamptz' ? int64s(present as Float64Array) : present };
};

/** Without a bigint for each. Bits beyond the 32 lowest are those of the quotient, also of what is negative. */
const int64s = (values: Float64Array): BigInt64Array => {
  const all = new BigInt64Array(values.length);
  const halves = new Int32Array(all.buffer);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number; // The index is one of theirs.
    halves[2 * index] = value % 0x1_0000_0000;
    halves[2 * index + 1] = Math.floor(value / 0x1_0000_0000);
  }
  return all;
};

/** Of what was read. Each value is of its column's type: the schema was checked, and the library decodes by it. */
export const presentAsRead = ({ type }: ExportColumn, read: DecodedArray): PresentValues => {
  const rows = read.length;
  if (!Array.isArray(read)) return { rows, values: read as Float64Array | Int32Array | BigInt64Array | Uint8Array };
  const nulls = nullsIn(read);
  const present = nulls === undefined ? read : read.filter((_, row) => nulls[row] !== 1);
  return { rows, ...(nulls && { nulls }), values: inMemory(type, present) };
};

const nullsIn = (read: readonly unknown[]): Uint8Array | undefined => {
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < read.length; row += 1) {
    if (read[row] !== undefined && read[row] !== null) continue;
    nulls ??= new Uint8Array(read.length);
    nulls[row] = 1;
  }
  return nulls;
};

const inMemory = (type: ExportColumn['type'], present: DecodedArray): PresentValues['values'] => {
  switch (type) {
    case 'text':
    case 'jsonb':
      return formOfStrings(present as readonly string[]);
    case 'uuid':
      return together(present as readonly Uint8Array[]);
    case 'boolean':
      return Uint8Array.from(present as readonly boolean[], Number);
    case 'integer':
      return Int32Array.from(present as readonly number[]);
    case 'bigint':
    case 'timestamptz':
      return BigInt64Array.from(present as readonly bigint[]);
    case 'double precision':
      return Float64Array.from(present as readonly number[]);
  }
};

const together = (all: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(all.length * uuidByteCount);
  for (let index = 0; index < all.length; index += 1) {
    bytes.set(all[index] as Uint8Array, index * uuidByteCount); // The index is one of theirs.
  }
  return bytes;
};
