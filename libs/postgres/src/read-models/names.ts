/** How projections, tables and columns are called in SQL. */
import type { ColumnType, Projection, Row, Table } from '@plenum/read-model';

/** An identifier, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Every version of a projection has tables of its own, in a schema of its own: `readings_v1`. */
export const schemaOf = ({ name, version }: Pick<Projection, 'name' | 'version'>): string => `${name}_v${version}`;

export const qualified = (schema: string, name: string): string => `${quoted(schema)}.${quoted(name)}`;

export const columnNames = (table: Table): readonly string[] => Object.keys(table.columns);

export const listed = (names: readonly string[], prefix = ''): string =>
  names.map((name) => prefix + quoted(name)).join(', ');

/** One column's values of all rows. */
export const columnOf = (rows: readonly Row[], name: string) => rows.map((row) => row[name]);

/** What PostgreSQL calls a column's type. */
export const storedType = (type: ColumnType): Exclude<ColumnType, 'personal' | 'geometry'> =>
  type === 'personal' || type === 'geometry' ? 'bytea' : type;
