import { type ReadModelSet, type Recorded, tablesOf } from './read-model-set.ts';
import { keyText, type Row } from './table.ts';
import { VersionGap } from './versioned.ts';

/** Rows by key text, by table name. */
export type FoldedTables = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** A set's tables in memory, being filled one event at a time, in log order. */
export type Folding = {
  readonly tables: FoldedTables;
  /**
   * Says what the event came to, as a checkpoint counts it. From a version gap on, nothing of the same record key is
   * taken any more; where no key is given, the stream stands for it.
   */
  add(recorded: Recorded, key?: string): 'applied' | 'duplicate' | 'not for it' | 'parked';
};

export const folding = (set: ReadModelSet): Folding => {
  const tables = new Map(tablesOf(set).map((table) => [table.name, new Map<string, Row>()]));
  const rowsOf = (name: string): Map<string, Row> => tables.get(name) ?? new Map<string, Row>();
  const parked = new Set<string | undefined>();
  /** What the folds make of an entry, by their places: all of it is kept or none. */
  const keys: string[] = [];
  const made: Row[] = [];

  const apply = (entry: unknown): 'applied' | 'duplicate' => {
    const ledger = set.ledger && rowsOf(set.ledger.name);
    const row = entry as Row; // With a ledger, an entry is a ledger row.
    const key = set.ledger === undefined ? '' : keyText(set.ledger, row);
    if (ledger?.has(key) === true) return 'duplicate';
    for (const [index, { table, keyOf, fold }] of set.folds.entries()) {
      const text = keyText(table, keyOf(entry));
      keys[index] = text;
      made[index] = fold(rowsOf(table.name).get(text), entry);
    }
    ledger?.set(key, row);
    for (const [index, { table }] of set.folds.entries()) {
      rowsOf(table.name).set(keys[index] as string, made[index] as Row); // Both were just made for every fold.
    }
    return 'applied';
  };

  return {
    tables,
    add(recorded, key = recorded.event.decision?.stream) {
      if (parked.size > 0 && parked.has(key)) return 'parked';
      const entry = set.entry(recorded);
      if (entry === undefined) return 'not for it';
      try {
        return apply(entry);
      } catch (error) {
        if (!(error instanceof VersionGap)) throw error;
        parked.add(key);
        return 'parked';
      }
    },
  };
};

/**
 * The meaning of a set: what its tables hold after these events, in log order, everything in memory. Whatever the
 * projector and the database do must come to this.
 */
export const foldSet = (set: ReadModelSet, events: Iterable<Recorded>): FoldedTables => {
  const { tables, add } = folding(set);
  for (const recorded of events) add(recorded);
  return tables;
};
