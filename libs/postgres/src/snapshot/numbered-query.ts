/**
 * Columns whose values are kept once (`Table.repeated`) come as one number a row, and the values of the numbers once, before
 * all rows. Rows are then sorted and sent without the texts that they have in common, and nobody looks for the same text
 * again and again.
 */
import { type RepeatedGroup, repeatedGroups, type Table } from '@plenum/read-model';
import type { ColumnBatch, ColumnMemory, ColumnValues, ExportColumn, Texts } from '@plenum/runtime';
import type pg from 'pg';
import { quoted, rowsName } from '../read-models/names.ts';
import { valuesAndNumbers } from '../read-models/repeated-ddl.ts';

export type NumberedQuery = {
  /** Those that are copied: numbers in place of some that were asked for. */
  readonly columns: readonly ExportColumn[];
  /** SQL that stands for the table. */
  readonly from: string;
  /** What was asked for, of what was copied. */
  readonly withValues: (batch: ColumnBatch) => ColumnBatch;
};

/** Of a group with more of them its columns come with every row, as others do: all values are held in memory. */
const valuesMax = 16_384;

/** All rows of a query at once. */
type CopyAll = (select: string, columns: readonly ExportColumn[]) => Promise<ColumnBatch>;

export const numberedQuery = async (
  client: pg.ClientBase,
  { table, columns }: { readonly table: Table; readonly columns: readonly ExportColumn[] },
  copyAll: CopyAll,
): Promise<NumberedQuery> => {
  const known: KnownGroup[] = [];
  if (await hasNumbers(client, table)) {
    for (const [group, repeated] of groupsOf(table, columns)) {
      const values = await knownValues(group, repeated, copyAll);
      if (values !== undefined) known.push(values);
    }
  }
  const plain = columns.filter(({ name }) => !known.some(({ values }) => values.has(name)));
  const numbers = known.map(({ group }): ExportColumn => ({ name: group.number, type: 'integer', nullable: false }));
  return {
    columns: [...plain, ...numbers],
    from: known.length === 0 ? quoted(table.name) : `(${valuesAndNumbers(table)})`,
    withValues: (batch) => {
      const copied = (index: number) => batch.columns[index] as ColumnValues; // As many as were asked for.
      const found = new Map(plain.map(({ name }, index) => [name, copied(index)]));
      for (const [index, { rows, values }] of known.entries()) {
        const places = placesOf(rows, copied(plain.length + index));
        for (const [name, all] of values) found.set(name, taken(all, rows.size, places));
      }
      return { rows: batch.rows, columns: columns.map(({ name }) => found.get(name) as ColumnValues) };
    },
  };
};

/** Whether the build that is active has them: it may be of another version than this declaration. */
const hasNumbers = async (client: pg.ClientBase, table: Table): Promise<boolean> => {
  const groups = repeatedGroups(table);
  const needed = groups.flatMap((group) => [
    [rowsName(table), group.number] as const,
    ...['number', ...group.columns].map((column) => [group.table, column] as const),
  ]);
  if (needed.length === 0) return false;
  const { rows } = await client.query<{ has: boolean }>(
    `select bool_and(exists (
       select from pg_attribute where attrelid = to_regclass(relation) and attname = name and not attisdropped
     )) as has from unnest($1::text[], $2::text[]) as needed (relation, name)`,
    [needed.map(([relation]) => quoted(relation)), needed.map(([, column]) => column)],
  );
  return rows[0]?.has === true;
};

/** As few groups as have all columns that repeat, each with those that are asked of it. */
const groupsOf = (table: Table, columns: readonly ExportColumn[]) => {
  const groups = repeatedGroups(table).toSorted((one, other) => other.columns.length - one.columns.length);
  const needed = new Map<RepeatedGroup, ExportColumn[]>();
  for (const column of columns) {
    const group = groups.find(({ columns: repeated }) => repeated.includes(column.name));
    if (group !== undefined) needed.set(group, [...(needed.get(group) ?? []), column]);
  }
  return needed;
};

type KnownGroup = {
  readonly group: RepeatedGroup;
  /** Where the values of a number are. */
  readonly rows: ReadonlyMap<number, number>;
  /** By column. */
  readonly values: ReadonlyMap<string, ColumnValues>;
};

const knownValues = async (
  group: RepeatedGroup,
  columns: readonly ExportColumn[],
  copyAll: CopyAll,
): Promise<KnownGroup | undefined> => {
  const wanted: readonly ExportColumn[] = [{ name: 'number', type: 'integer', nullable: false }, ...columns];
  const shown = wanted.map(({ name }) => quoted(name)).join(', ');
  const all = await copyAll(`select ${shown} from ${quoted(group.table)} limit ${valuesMax + 1}`, wanted);
  if (all.rows > valuesMax) return undefined;
  const [numbers, ...values] = all.columns as readonly [ColumnValues, ...ColumnValues[]]; // As many as were asked for.
  return {
    group,
    rows: new Map(Array.from(numbers.values as Int32Array, (number, row) => [number, row])),
    values: new Map(columns.map(({ name }, index) => [name, values[index] as ColumnValues])),
  };
};

const placesOf = (rows: KnownGroup['rows'], { values }: ColumnValues): Int32Array =>
  (values as Int32Array).map((number) => {
    const row = rows.get(number);
    if (row === undefined) throw new Error(`the values of ${number} are not there`);
    return row;
  });

/** The values in these places, of a group that has so many rows. */
const taken = ({ values, nulls }: ColumnValues, rows: number, places: Int32Array): ColumnValues => ({
  values: 'ends' in values ? { ...values, which: places } : memoryTaken(values, rows, places),
  ...(nulls && { nulls: bytesTaken(nulls, 1, places) }),
});

const memoryTaken = (values: Exclude<ColumnMemory, Texts>, rows: number, places: Int32Array): ColumnMemory => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const found = bytesTaken(bytes, values.byteLength / rows, places);
  if (values instanceof Int32Array) return new Int32Array(found.buffer);
  return values instanceof BigInt64Array ? new BigInt64Array(found.buffer) : found;
};

/** So many bytes of each place. */
const bytesTaken = (from: Uint8Array, bytesEach: number, places: Int32Array): Uint8Array<ArrayBuffer> => {
  const to = new Uint8Array(places.length * bytesEach);
  for (let index = 0; index < places.length; index += 1) {
    const first = (places[index] as number) * bytesEach; // Every place is one of its rows.
    for (let byte = 0; byte < bytesEach; byte += 1) to[index * bytesEach + byte] = from[first + byte] as number;
  }
  return to;
};
