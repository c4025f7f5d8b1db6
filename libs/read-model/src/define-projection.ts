/** How projections and folds are declared. */
import type { Fold, Projection } from './projection.ts';
import { refuseRepeated } from './repeated.ts';
import { storableProjection } from './storable.ts';
import type { Row, Table } from './table.ts';

/** Declares a fold. The type of its rows ties its table and its functions together; outside it is erased. */
export const defineFold = <Entry, R extends Row>(declared: Fold<Entry, R>): Fold<Entry> =>
  // Erasure: a fold is only ever given rows that it made, or that were read from the table it declares.
  declared as unknown as Fold<Entry>;

type Declared<Entry> = Omit<Projection<Entry>, 'folds' | 'ledger'> & {
  readonly ledger?: Entry extends Row ? Table<Entry> : never;
  readonly folds: readonly Fold<Entry>[];
};

/** Without something that says what is new, an event that comes again would bring back a row that has ended. */
const withoutEnds = ({ table, keyOf, fold }: Fold<unknown>): Fold<unknown> => ({
  table,
  keyOf,
  fold: (row, entry, key) => {
    const after = fold(row, entry, key);
    if (after === undefined && row !== undefined) {
      throw new Error(`A row of ${table.name} ends, and its projection has neither a ledger nor streams`);
    }
    return after;
  },
});

/**
 * Declares a projection. The type of its entries ties `entry`, the ledger and the folds together; outside it is erased. Whatever
 * texts an event holds, the rows made of it can be stored (`storable.ts`).
 */
export const defineProjection = <Entry>(declared: Declared<Entry>): Projection => {
  // Erasure: a projection only ever feeds its folds with entries that its own `entry` made.
  const projection = declared as unknown as Projection;
  const { name, ledger, streams, folds } = projection;
  if (ledger !== undefined && streams !== undefined) {
    throw new Error(`Projection ${name} has a ledger and streams: only one of them says what is new`);
  }
  if (ledger !== undefined) refuseRepeated(ledger);
  const changing = folds.find(({ table }) => table.repeated !== undefined);
  if (changing !== undefined) {
    throw new Error(`Rows of ${changing.table.name} change: only a ledger keeps repeated values once`);
  }
  const knowsNew = ledger !== undefined || streams !== undefined;
  return storableProjection(knowsNew ? projection : { ...projection, folds: folds.map(withoutEnds) });
};
