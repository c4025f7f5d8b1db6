import type { Event } from '@plenum/event';
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

/** All tables of a projection, the ledger first. */
export const tablesOf = (projection: Projection): readonly Table[] => [
  ...(projection.ledger === undefined ? [] : [projection.ledger]),
  ...projection.folds.map(({ table }) => table),
];
