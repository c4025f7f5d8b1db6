/** The values of one column, from some rows: as they are digested, and as the library takes them. */
import type { ExportColumn, ExportRow } from '@plenum/runtime';
import type { DecodedArray } from 'hyparquet';
import type { Values } from './column-digest.ts';
import { uuidBytes } from './uuid-bytes.ts';

export type ColumnValues = { readonly digested: Values; readonly written: DecodedArray };

/** @throws for a value that its column cannot have, which is a bug of who gave it. */
export const columnValues = (column: ExportColumn, index: number, rows: readonly ExportRow[]): ColumnValues => {
  const values = checked(column, index, rows);
  switch (column.type) {
    case 'timestamptz': {
      const times = values.includes(undefined) ? values.map(bigintOf) : int64s(values as readonly number[]); // None is missing.
      return same(times);
    }
    case 'bigint':
      return same(values.map(bigintOf));
    case 'uuid':
      return { digested: values, written: uuidBytes(values as readonly (string | undefined)[]) };
    default:
      return same(values);
  }
};

/** The library only reads them. */
const same = (values: Values): ColumnValues => ({ digested: values, written: values as DecodedArray });

const checked = (
  { name, type, nullable }: ExportColumn,
  index: number,
  rows: readonly ExportRow[],
): readonly ExportRow[number][] => {
  const fits = fitting[type];
  const values = new Array<ExportRow[number]>(rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    const value = rows[at]?.[index];
    if (value === undefined ? !nullable : !fits(value)) {
      throw new TypeError(`The column ${name} is ${type} and cannot have ${String(value).slice(0, 40)}`);
    }
    values[at] = value;
  }
  return values;
};

type Fits = (value: ExportRow[number]) => boolean;

const isText: Fits = (value) => typeof value === 'string';

const fitting: Readonly<Record<ExportColumn['type'], Fits>> = {
  text: isText,
  jsonb: isText,
  uuid: isText,
  integer: (value) => Number.isInteger(value) && value === (Number(value) | 0),
  bigint: (value) => typeof value === 'bigint' || Number.isSafeInteger(value),
  'double precision': Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: Number.isSafeInteger,
};

const bigintOf = (value: ExportRow[number]): bigint | undefined => (value === undefined ? undefined : BigInt(value));

/** Without a bigint for each. Bits beyond the 32 lowest are those of the quotient, also of what is negative. */
const int64s = (values: readonly number[]): BigInt64Array => {
  const all = new BigInt64Array(values.length);
  const halves = new Int32Array(all.buffer);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number; // The index is one of theirs.
    halves[2 * index] = value % 0x1_0000_0000;
    halves[2 * index + 1] = Math.floor(value / 0x1_0000_0000);
  }
  return all;
};
