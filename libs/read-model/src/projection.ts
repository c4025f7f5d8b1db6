import type { Event } from '@plenum/event';
import { storableProjection } from './storable.ts';
import type { Row, Table } from './table.ts';

/** An event with its place in the log. */
export type Recorded<Data = unknown> = {
  readonly event: Event<Data>;
  readonly partition: number;
  readonly offset: bigint;
};

/**
 * One row per key, folded from entries one at a time in log order. A *state*'s fold is commutative and idempotent
 * (greatest (effective time, event id) wins per group of columns); an *aggregate* counts ledger rows, each once.
 */
export type Fold<Entry, R extends Row = Row> = {
  readonly table: Table<R>;
  /** The key columns of the row an entry belongs to. */
  readonly keyOf: (entry: Entry) => Partial<R>;
  /** The row after this entry. Returns the same object when the entry changes nothing. */
  readonly fold: (row: R | undefined, entry: Entry) => R;
};

/**
 * Read models that depend on each other: one checkpoint, one transaction, one version. With a ledger, an entry is
 * a ledger row; the ledger's key decides what is new, and only new rows feed the folds. Without, an entry is
 * whatever `entry` makes of the event, and every one feeds the folds.
 *
 * All entries for one row must come from one log partition, which holds when the row's key contains or determines
 * the record's key.
 */
export type Projection<Entry = unknown> = {
  /** Lower-case letters, digits and underscores, from a letter: a part of names in the database. */
  readonly name: string;
  /** Raise it to build new tables beside the old ones from the start of the log. */
  readonly version: number;
  readonly about: string;
  readonly topics: readonly string[];
  /** What an event means to this projection; `undefined` when it is not for it. Total: never throws. */
  readonly entry: (recorded: Recorded) => Entry | undefined;
  readonly ledger?: Table;
  readonly folds: readonly Fold<Entry>[];
};

/** Declares a fold. The type of its rows ties its table and its functions together; outside it is erased. */
export const defineFold = <Entry, R extends Row>(declared: Fold<Entry, R>): Fold<Entry> =>
  // Erasure: a fold is only ever given rows that it made, or that were read from the table it declares.
  declared as unknown as Fold<Entry>;

type Declared<Entry> = Omit<Projection<Entry>, 'folds' | 'ledger'> & {
  readonly ledger?: Entry extends Row ? Table<Entry> : never;
  readonly folds: readonly Fold<Entry>[];
};

/**
 * Declares a projection. The type of its entries ties `entry`, the ledger and the folds together; outside it is erased. Whatever
 * texts an event holds, the rows made of it can be stored (`storable.ts`).
 */
export const defineProjection = <Entry>(declared: Declared<Entry>): Projection =>
  // Erasure: a projection only ever feeds its folds with entries that its own `entry` made.
  storableProjection(declared as unknown as Projection);

/** All tables of a projection, the ledger first. */
export const tablesOf = (projection: Projection): readonly Table[] => [
  ...(projection.ledger === undefined ? [] : [projection.ledger]),
  ...projection.folds.map(({ table }) => table),
];
