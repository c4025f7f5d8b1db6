/** How projections, tables and columns are called in SQL. */
import { boxColumn, type Column, nameOfBuild, type Row, type Table } from '@plenum/read-model';
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

export const storedNames = (table: Table): readonly string[] => storedColumns(table).map(({ name }) => name);

export const listed = (names: readonly string[], prefix = ''): string =>
  names.map((name) => prefix + quoted(name)).join(', ');

/** One column's values of all rows. */
export const columnOf = (rows: readonly Row[], name: string) => rows.map((row) => row[name]);

/** What PostgreSQL calls a column's type as values travel; a geometry arrives as bytes, and becomes what its column is. */
export const storedType = (type: StoredType): Exclude<StoredType, 'personal' | 'geometry'> =>
  type === 'personal' || type === 'geometry' ? 'bytea' : type;
