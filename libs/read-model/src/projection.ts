import { type Decision, type Event, kindOf } from '@plenum/event';
import type { Recorded } from './recorded.ts';
import { streamVersions } from './stream-versions.ts';
import type { Row, Table } from './table.ts';

/**
 * Rows of one table, folded from entries one at a time in log order. A *state*'s fold is commutative and idempotent
 * (greatest (effective time, event id) wins per group of columns), or each of its entries comes once, because a ledger or
 * the versions of streams say what is new; an *aggregate* counts ledger rows.
 */
export type Fold<Entry, R extends Row = Row> = {
  readonly table: Table<R>;
  /** The key columns of the row that an entry changes; a list where it changes several, no two the same, or none. */
  readonly keyOf: (entry: Entry) => Partial<R> | readonly Partial<R>[];
  /**
   * The row of this key after the entry: the same object when nothing changes, `undefined` when it ends or there is none.
   * A row may only end in a projection that knows what is new, or an event seen again would bring it back.
   */
  readonly fold: (row: R | undefined, entry: Entry, key: Partial<R>) => R | undefined;
};

/**
 * Read models that depend on each other: one checkpoint, one transaction, one version. What is new feeds the folds:
 *
 * - With a `ledger`, an entry is a ledger row, and is new when no row has its key yet.
 * - With `streams`, every event of a stream of these kinds is taken in turn, and is new when it is the next version.
 * - With neither, every entry feeds the folds, each time it comes.
 *
 * All entries for one row must come from one log partition, which holds when the row's key contains or determines
 * the record's key.
 */
export type Projection<Entry = unknown> = {
  /** Lower-case letters, digits and underscores, from a letter: a part of names in the database. */
  readonly name: string;
  /** Raise it to build new tables beside the old ones from the start of the log. */
  readonly version: number;
  /** The version before this one, as it was declared: with it its tables stay live until those of this one are built. */
  readonly before?: Projection;
  readonly about: string;
  readonly topics: readonly string[];
  /**
   * What an event means to this projection; `undefined` when it changes nothing. Total: never throws. With `streams`, only
   * events of those come here.
   */
  readonly entry: (recorded: Recorded) => Entry | undefined;
  readonly ledger?: Table;
  /** Kinds of streams, as the names of streams begin (`kindOf`). */
  readonly streams?: readonly string[];
  readonly folds: readonly Fold<Entry>[];
};

/** All tables of a projection: what says what is new first. */
export const tablesOf = (projection: Projection): readonly Table[] => [
  ...(projection.ledger === undefined ? [] : [projection.ledger]),
  ...(projection.streams === undefined ? [] : [streamVersions]),
  ...projection.folds.map(({ table }) => table),
];

/** The decision that an event is, where the projection takes its streams in turn. */
export const decisionFor = ({ streams }: Projection, event: Event): Decision | undefined => {
  const { decision } = event;
  return decision !== undefined && streams?.includes(kindOf(decision.stream)) === true ? decision : undefined;
};

/** What an event means to a projection, for which no event of a stream that it does not take means anything. */
export const entryOf = (projection: Projection, recorded: Recorded): unknown =>
  projection.streams !== undefined && decisionFor(projection, recorded.event) === undefined
    ? undefined
    : projection.entry(recorded);

/** The keys of the rows that an entry changes in a fold, as a list. */
export const keysOf = <Entry>({ keyOf }: Fold<Entry>, entry: Entry): readonly Row[] => {
  const keys = keyOf(entry);
  return isList(keys) ? keys : [keys];
};

/** `Array.isArray` does not know readonly lists. */
export const isList = (keys: Row | readonly Row[]): keys is readonly Row[] => Array.isArray(keys);
