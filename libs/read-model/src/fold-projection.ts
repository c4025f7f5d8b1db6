import type { Fold, Projection, Recorded } from './projection.ts';
import { type RowPlace, type RowPlaces, rowPlaces } from './row-places.ts';
import { keyText, type Row } from './table.ts';
import { VersionGap } from './versioned.ts';

/** Rows by key text, by table name. */
export type FoldedTables = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** A projection's tables in memory, being filled one event at a time, in log order. */
export type Folding = {
  /** The tables as they are now; they are put together when they are asked for. */
  tables(): FoldedTables;
  /**
   * Says what the event came to, as a checkpoint counts it. From a version gap on, nothing of the same record key is
   * taken any more; where no key is given, the stream stands for it.
   */
  add(recorded: Recorded, key?: string): 'applied' | 'duplicate' | 'not for it' | 'parked';
};

export const folding = (projection: Projection): Folding => {
  const ledger = new Map<string, Row>();
  const folds = projection.folds.map(
    ({ table, keyOf, fold }): Folded => ({ name: table.name, rows: rowPlaces(table), keyOf, fold }),
  );
  const parked = new Set<string | undefined>();
  /** What the folds make of an entry, by their places: all of it is kept or none. */
  const places: RowPlace[] = [];
  const made: Row[] = [];

  const apply = (entry: unknown): 'applied' | 'duplicate' => {
    const row = entry as Row; // With a ledger, an entry is a ledger row.
    const key = projection.ledger === undefined ? '' : keyText(projection.ledger, row);
    if (ledger.has(key)) return 'duplicate';
    for (let index = 0; index < folds.length; index += 1) {
      const { rows, keyOf, fold } = folds[index] as Folded;
      const place = rows.of(keyOf(entry));
      places[index] = place;
      made[index] = fold(place.row, entry);
    }
    if (projection.ledger !== undefined) ledger.set(key, row);
    for (let index = 0; index < folds.length; index += 1) {
      folds[index]?.rows.put(places[index] as RowPlace, made[index] as Row); // Both were just made for every fold.
    }
    return 'applied';
  };

  return {
    tables: () => {
      const folded = folds.map(({ name, rows }): [string, ReadonlyMap<string, Row>] => [name, rows.byKeyText()]);
      return new Map(projection.ledger === undefined ? folded : [[projection.ledger.name, ledger], ...folded]);
    },
    add(recorded, key = recorded.event.decision?.stream) {
      if (parked.size > 0 && parked.has(key)) return 'parked';
      const entry = projection.entry(recorded);
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

type Folded = Pick<Fold<unknown>, 'keyOf' | 'fold'> & { readonly name: string; readonly rows: RowPlaces };

/**
 * The meaning of a projection: what its tables hold after these events, in log order, everything in memory. Whatever the
 * projector and the database do must come to this.
 */
export const foldProjection = (projection: Projection, events: Iterable<Recorded>): FoldedTables => {
  const { tables, add } = folding(projection);
  for (const recorded of events) add(recorded);
  return tables();
};
