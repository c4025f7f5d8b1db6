import type { PersonalColumn } from './personal-column.ts';

/** What a column may hold, by PostgreSQL's names (but `personal`, which is stored as bytea), and what stands for it here. `undefined` is NULL everywhere. */
export type ColumnType =
  | 'text' // string
  | 'uuid' // string, 36 characters, lower case
  | 'integer' // number
  | 'bigint' // bigint
  | 'double precision' // number, finite
  | 'boolean' // boolean
  | 'timestamptz' // number: microseconds since 1970-01-01T00:00Z
  | 'jsonb' // string: JSON text
  | 'bytea' // Uint8Array
  | 'personal'; // Uint8Array: as `storedBytes` makes it of what names a person

export type Value = string | number | bigint | boolean | Uint8Array | undefined;
export type Row = Readonly<Record<string, Value>>;

export type Column = {
  readonly type: ColumnType;
  /** What it means, for the reference page and the column's comment in the database. */
  readonly about: string;
  /** Columns are NOT NULL unless this is set. */
  readonly nullable?: true;
  /** Of a `personal` column, and of no other: whose it is and what for it was encrypted. `personalColumn` makes it. */
  readonly personal?: PersonalColumn;
};

/** A table a read model fills. Its name and its columns' names are what clients of the replaced systems know. */
export type Table<R extends Row = Row> = {
  readonly name: string;
  readonly about: string;
  readonly columns: { readonly [K in keyof R & string]-?: Column };
  /** Primary key, in index order. */
  readonly key: readonly (keyof R & string)[];
  /** Secondary indexes: columns in index order. */
  readonly indexes?: readonly (readonly (keyof R & string)[])[];
  /** Range-partitioned by month of this timestamptz column, with a default partition for clocks that are far off. */
  readonly partitionedBy?: keyof R & string;
};

/** One text for a row's key values, equal exactly when the values are. */
export const keyText = (table: Table, row: Row): string => {
  if (table.key.length === 1) return String(row[table.key[0] ?? '']);
  let text = '';
  // A length before each part keeps ('a', 'bc') and ('ab', 'c') apart.
  for (const column of table.key) {
    const part = String(row[column]);
    text += `${part.length}:${part}`;
  }
  return text;
};

/** Columns every row carries: where it came from. Spread into a table's columns. */
export const provenance = {
  event_id: { type: 'uuid', about: 'The event this row was last changed by.' },
  log_partition: { type: 'integer', about: 'The log partition that event was read from.' },
  log_offset: { type: 'bigint', about: 'Its offset in that partition.' },
} as const satisfies Record<string, Column>;
