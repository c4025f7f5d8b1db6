import { decisionFor, entryOf, type Fold, isList, type Projection } from './projection.ts';
import type { Recorded } from './recorded.ts';
import { type RowPlaces, rowPlaces } from './row-places.ts';
import { isNextVersion, streamVersions, streamVersionsRow, VersionGap } from './stream-versions.ts';
import { keyText, type Row, type Table } from './table.ts';

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
  const { ledger, streams } = projection;
  const newRows = new Map<string, Row>();
  const folds = projection.folds.map(
    ({ table, keyOf, fold }): Folded => ({ name: table.name, rows: rowPlaces(table), keyOf, fold }),
  );
  const parked = new Set<string | undefined>();
  const isNew = newIn(projection, newRows);

  return {
    tables: () => {
      const folded = folds.map(({ name, rows }): [string, ReadonlyMap<string, Row>] => [name, rows.byKeyText()]);
      const first: Table | undefined = ledger ?? (streams && streamVersions);
      return new Map(first === undefined ? folded : [[first.name, newRows], ...folded]);
    },
    add(recorded, key = recorded.event.decision?.stream) {
      if (parked.size > 0 && parked.has(key)) return 'parked';
      const entry = entryOf(projection, recorded);
      if (entry === undefined && decisionFor(projection, recorded.event) === undefined) return 'not for it';
      try {
        if (!isNew(recorded, entry)) return 'duplicate';
      } catch (error) {
        if (!(error instanceof VersionGap)) throw error;
        parked.add(key);
        return 'parked';
      }
      if (entry !== undefined)
        for (let index = 0; index < folds.length; index += 1) feed(folds[index] as Folded, entry);
      return 'applied';
    },
  };
};

type Folded = Pick<Fold<unknown>, 'keyOf' | 'fold'> & { readonly name: string; readonly rows: RowPlaces };

const feed = ({ rows, keyOf, fold }: Folded, entry: unknown): void => {
  const keys = keyOf(entry);
  for (const key of isList(keys) ? keys : [keys]) {
    const place = rows.of(key);
    rows.put(place, fold(place.row, entry, key));
  }
};

/** Whether an entry is new, by what the projection has for that; then it is not from then on. @throws VersionGap */
const newIn = (projection: Projection, rows: Map<string, Row>): ((recorded: Recorded, entry: unknown) => boolean) => {
  const { ledger } = projection;
  if (ledger !== undefined) {
    return (_, entry) => {
      const row = entry as Row; // With a ledger, an entry is a ledger row.
      const key = keyText(ledger, row);
      if (rows.has(key)) return false;
      rows.set(key, row);
      return true;
    };
  }
  return (recorded) => {
    const decision = decisionFor(projection, recorded.event);
    if (decision === undefined) return true;
    if (!isNextVersion(Number(rows.get(decision.stream)?.version ?? 0), decision)) return false;
    rows.set(decision.stream, streamVersionsRow(decision, recorded));
    return true;
  };
};

/**
 * The meaning of a projection: what its tables hold after these events, in log order, everything in memory. Whatever the
 * projector and the database do must come to this.
 */
export const foldProjection = (projection: Projection, events: Iterable<Recorded>): FoldedTables => {
  const { tables, add } = folding(projection);
  for (const recorded of events) add(recorded);
  return tables();
};
