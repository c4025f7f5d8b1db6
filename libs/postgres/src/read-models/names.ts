/** How projections, tables and columns are called in SQL. */
import {
  boxColumn,
  type Column,
  type ColumnType,
  groupOfItsOwn,
  nameOfBuild,
  type Row,
  repeatedGroups,
  type Table,
} from '@plenum/read-model';
import type { StoredType } from '../statements/array-parameter.ts';

/** An identifier, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Every build of a projection has tables of its own, in a schema of its own: `readings_v1_g1`. */
export const schemaOf = nameOfBuild;

/** The view in which queries see a table of a projection. */
export const viewOf = (projection: string, table: Table): string =>
  table.hidden === true
    ? qualified('plenum', `${projection}_${table.name}`)
    : qualified(viewSchemaOf(table), table.name);

export const viewSchemaOf = (table: Table): string => (table.hidden === true ? 'plenum' : (table.schema ?? 'public'));

export const qualified = (schema: string, name: string): string => `${quoted(schema)}.${quoted(name)}`;

export const columnNames = (table: Table): readonly string[] => Object.keys(table.columns);

/** A column as it is stored, and the declared one whose values it has. */
export type StoredColumn = { readonly name: string; readonly type: StoredType; readonly of: string };

/** The declared columns, and behind them the boxes of those that are geometry. */
export const storedColumns = (table: Table): readonly StoredColumn[] => {
  const declared = Object.entries<Column>(table.columns);
  return [
    ...declared.map(([name, { type }]) => ({ name, type, of: name })),
    ...declared.flatMap(([name, { type }]) =>
      type === 'geometry' ? [{ name: boxColumn(name), type: 'box' as const, of: name }] : [],
    ),
  ];
};

/** What the rows of a table are kept in. Under the table's own name is what shows all of its columns. */
export const rowsName = (table: Table): string => (table.repeated === undefined ? table.name : `${table.name}_rows`);

/**
 * The columns of that: with repeated values their numbers, and the columns with the strictest alignment first, which leaves
 * no gaps.
 */
export const rowColumns = (table: Table): readonly StoredColumn[] => {
  const groups = repeatedGroups(table);
  if (groups.length === 0) return storedColumns(table);
  const repeated = new Set(groups.flatMap(({ columns }) => columns));
  const own = storedColumns(table).filter(({ of }) => !repeated.has(of));
  const numbers = groups.map(({ number }) => ({ name: number, type: 'integer' as const, of: number }));
  return [...own, ...numbers].sort((one, other) => gapOf(one.type) - gapOf(other.type));
};

/** Those of 16 bytes first, then those of 8, of 4, of one, and what is of any length. */
const gapOf = (type: StoredType): number => {
  const order: readonly StoredType[] = [
    'uuid',
    'box',
    'timestamptz',
    'double precision',
    'bigint',
    'integer',
    'boolean',
  ];
  const place = order.indexOf(type);
  return place === -1 ? order.length : place;
};

/** The columns by which a row is found: of a repeated value its number. */
export const rowKey = (table: Table): readonly string[] => table.key.map((column) => rowColumn(table, column));

/** What a column is in what the rows are kept in. */
export const rowColumn = (table: Table, column: string): string => groupOfItsOwn(table, column)?.number ?? column;

export const columnType = (table: Table, name: string): ColumnType =>
  (table.columns as Readonly<Record<string, Column>>)[name]?.type ?? 'text';

export const storedNames = (table: Table): readonly string[] => storedColumns(table).map(({ name }) => name);

export const listed = (names: readonly string[], prefix = ''): string =>
  names.map((name) => prefix + quoted(name)).join(', ');

/** One column's values of all rows. */
export const columnOf = (rows: readonly Row[], name: string) => rows.map((row) => row[name]);

/** What PostgreSQL calls a column's type as values travel; a geometry arrives as bytes, and becomes what its column is. */
export const storedType = (type: StoredType): Exclude<StoredType, 'personal' | 'geometry'> =>
  type === 'personal' || type === 'geometry' ? 'bytea' : type;
