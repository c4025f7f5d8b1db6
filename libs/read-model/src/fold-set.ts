import { type ReadModelSet, type Recorded, tablesOf } from './read-model-set.ts';
import { keyText, type Row } from './table.ts';

/** Rows by key text, by table name. */
export type FoldedTables = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** A set's tables in memory, being filled one event at a time, in log order. */
export type Folding = {
  readonly tables: FoldedTables;
  /** Says what the event came to, as a checkpoint counts it. */
  add(recorded: Recorded): 'applied' | 'duplicate' | 'not for it';
};

export const folding = (set: ReadModelSet): Folding => {
  const tables = new Map(tablesOf(set).map((table) => [table.name, new Map<string, Row>()]));
  const rowsOf = (name: string): Map<string, Row> => tables.get(name) ?? new Map<string, Row>();
  return {
    tables,
    add(recorded) {
      const entry = set.entry(recorded);
      if (entry === undefined) return 'not for it';
      if (set.ledger !== undefined) {
        const ledger = rowsOf(set.ledger.name);
        const row = entry as Row; // With a ledger, an entry is a ledger row.
        const key = keyText(set.ledger, row);
        if (ledger.has(key)) return 'duplicate';
        ledger.set(key, row);
      }
      for (const { table, keyOf, fold } of set.folds) {
        const rows = rowsOf(table.name);
        const key = keyText(table, keyOf(entry));
        rows.set(key, fold(rows.get(key), entry));
      }
      return 'applied';
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
