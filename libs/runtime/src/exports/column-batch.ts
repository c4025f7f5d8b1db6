/**
 * Some rows as columns: all values of a column in one piece of memory. Millions of rows pass through in this form without an
 * object for each of them, and formats that are made of columns take it as it is.
 */
import { readUuid, uuidByteCount, uuidLength, writeUuid } from '../uuid-bytes.ts';
import type { ExportColumn, ExportRow } from './export-column.ts';
import { stringsOf, type Texts, textsOf } from './texts.ts';

export type ColumnBatch = {
  readonly rows: number;
  /** As many as there are columns, in their order. */
  readonly columns: readonly ColumnValues[];
};

export type ColumnValues = {
  readonly values: ColumnMemory;
  /** 1 for each row that has NULL, where `values` has anything, but no bytes of a text. Nothing where no row has. */
  readonly nulls?: Uint8Array;
};

/**
 * By the column's type: `double precision` and `timestamptz` (microseconds since 1970) in doubles, `integer` in 32 bits, `bigint`
 * in 64, `boolean` as 0 or 1, `uuid` as its sixteen bytes; `text` and `jsonb` as `Texts`.
 */
export type ColumnMemory = Float64Array | Int32Array | BigInt64Array | Uint8Array | Texts;

/** @throws TypeError for a value that its column cannot have, which is a bug of who gave it. */
export const batchOfRows = (columns: readonly ExportColumn[], rows: readonly ExportRow[]): ColumnBatch => ({
  rows: rows.length,
  columns: columns.map((column, index) => {
    const values = rows.map((row) => row[index]);
    const nulls = nullsIn(column, values);
    return { values: memoryOf(column, values), ...(nulls && { nulls }) };
  }),
});

/** Each row by itself, for formats that are made of rows. */
export function* rowsOfBatch(columns: readonly ExportColumn[], batch: ColumnBatch): Generator<ExportRow, void> {
  const readers = columns.map(({ type }, index) => readerOf(type, (batch.columns[index] as ColumnValues).values)); // As many.
  for (let row = 0; row < batch.rows; row += 1) {
    yield readers.map((read, index) => (batch.columns[index]?.nulls?.[row] === 1 ? undefined : read(row)));
  }
}

const nullsIn = (column: ExportColumn, values: readonly ExportRow[number][]): Uint8Array | undefined => {
  if (!values.includes(undefined)) return undefined;
  if (!column.nullable) return refuse(column, undefined);
  return Uint8Array.from(values, (value) => Number(value === undefined));
};

const refuse = ({ name, type }: ExportColumn, value: ExportRow[number]): never => {
  throw new TypeError(`The column ${name} is ${type} and cannot have ${String(value).slice(0, 40)}`);
};

const memoryOf = (column: ExportColumn, values: readonly ExportRow[number][]): ColumnMemory => {
  /** The values that are there, and `none` in place of those that are not. */
  const all = <T extends ExportRow[number]>(none: T, is: (value: NonNullable<ExportRow[number]>) => boolean): T[] =>
    values.map((value) => (value === undefined ? none : is(value) ? (value as T) : refuse(column, value)));
  switch (column.type) {
    case 'text':
    case 'jsonb':
      return textsOf(all('', (value) => typeof value === 'string'));
    case 'integer':
      return Int32Array.from(all(0, (value) => Number.isInteger(value) && value === (Number(value) | 0)));
    case 'bigint': {
      const whole = all<bigint | number>(0n, (value) => isInt64(value) || Number.isSafeInteger(value));
      return BigInt64Array.from(whole, BigInt);
    }
    case 'double precision':
      return Float64Array.from(all(0, Number.isFinite));
    case 'timestamptz':
      return Float64Array.from(all(0, Number.isSafeInteger));
    case 'boolean':
      return Uint8Array.from(
        all(false, (value) => typeof value === 'boolean'),
        Number,
      );
    case 'uuid': {
      const bytes = new Uint8Array(values.length * uuidByteCount);
      for (const [row, value] of values.entries()) {
        if (value !== undefined && !isUuidAt(value, bytes, row)) refuse(column, value);
      }
      return bytes;
    }
  }
};

const isInt64 = (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value;

const isUuidAt = (value: NonNullable<ExportRow[number]>, bytes: Uint8Array, row: number): boolean =>
  typeof value === 'string' && value.length === uuidLength && writeUuid(value, bytes, row * uuidByteCount);

const readerOf = (type: ExportColumn['type'], values: ColumnMemory): ((row: number) => ExportRow[number]) => {
  if ('ends' in values) {
    const strings = stringsOf(values);
    return values.which === undefined ? (row) => strings[row] : (row) => strings[values.which?.[row] ?? 0];
  }
  if (type === 'uuid') return (row) => readUuid(values as Uint8Array, row * uuidByteCount);
  if (type === 'boolean') return (row) => values[row] === 1;
  return (row) => values[row];
};
