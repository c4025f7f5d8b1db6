import type { GeometryKind } from '@plenum/geometry';
import type { PersonalColumn } from './personal-column.ts';

/**
 * What a column may hold, by PostgreSQL's names (but `personal`, which is stored as bytea, and `geometry`, which is where
 * there is no PostGIS), and what stands for it here. `undefined` is NULL everywhere.
 */
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
  | 'personal' // Uint8Array: as `storedBytes` makes it of what names a person
  | 'geometry'; // Uint8Array: EWKB in EPSG:4326, as `@plenum/geometry` writes it

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
  /** Of a `jsonb` column: what its documents are; objects unless said otherwise. */
  readonly json?: 'object' | 'texts';
  /** Of a `geometry` column: what all of it is; anything unless said. */
  readonly geometry?: GeometryKind;
};

export type Columns = Readonly<Record<string, Column>>;

/** A part of an index: a column, or what is computed of a row, as SQL and here. */
export type IndexPart<Name extends string = string> = Name | IndexExpression;

/** Both say the same of every row; `undefined` is NULL. A search uses the index where it says exactly this SQL. */
export type IndexExpression = { readonly sql: string; readonly of: (row: Row) => Value };

/** Parts in index order. Geometry needs none: every such column can be searched by its box. */
export type Index<Name extends string = string> = {
  readonly on: readonly IndexPart<Name>[];
  /**
   * No two rows have the same, where no part is NULL. What a decision does not keep apart, within the events of one record
   * key, is refused by this, and parks its key.
   */
  readonly unique?: true;
};

/** A table a read model fills. Its name and its columns' names are what clients of the replaced systems know. */
export type Table<R extends Row = Row> = {
  /** Where queries find it; `public` unless said otherwise. */
  readonly schema?: string;
  readonly name: string;
  readonly about: string;
  readonly columns: { readonly [K in keyof R & string]-?: Column };
  /** Primary key, in index order. */
  readonly key: readonly (keyof R & string)[];
  /** Secondary indexes: of columns in index order, or with more to say. */
  readonly indexes?: readonly (readonly (keyof R & string)[] | Index<keyof R & string>)[];
  /**
   * Columns whose values repeat in many rows, by a name for each group that repeats together. Each combination of values is
   * kept once, beside the rows, and a row has its number; queries see the values. Of a ledger only: what was kept is never
   * changed. A column of the key or of an index is a group by itself, for its number stands in for it there, and may be
   * part of another, so that all values of a row are found at once. For combinations that do not repeat this takes more
   * space than it saves.
   */
  readonly repeated?: Readonly<Record<string, readonly (keyof R & string)[]>>;
  /** For the projection itself: it has no view of its name. */
  readonly hidden?: true;
  /** Range-partitioned by month of this timestamptz column, with a default partition for clocks that are far off. */
  readonly partitionedBy?: keyof R & string;
};

type Held = {
  readonly text: string;
  readonly uuid: string;
  readonly integer: number;
  readonly bigint: bigint;
  readonly 'double precision': number;
  readonly boolean: boolean;
  readonly timestamptz: number;
  readonly jsonb: string;
  readonly bytea: Uint8Array;
  readonly personal: Uint8Array;
  readonly geometry: Uint8Array;
};

/** The rows of a table that `defineTable` made: its columns are declared there, and nowhere else. */
export type RowOf<T extends { readonly columns: Columns }> = {
  readonly [K in keyof T['columns']]:
    | Held[T['columns'][K]['type']]
    | (T['columns'][K] extends { readonly nullable: true } ? undefined : never);
};

type Defined<C extends Columns> = Omit<Table<RowOf<{ columns: C }>>, 'columns'> & { readonly columns: C };

/** Declares a table. Its row, what reads show of it and their schemas follow from its columns. */
export const defineTable = <const C extends Columns>(declared: Defined<C>): Defined<C> => declared;

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
} as const satisfies Columns;
