/** How projections and folds are declared. */
import type { Fold, Projection } from './projection.ts';
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

/**
 * Declares a projection. The type of its entries ties `entry`, the ledger and the folds together; outside it is erased. Whatever
 * texts an event holds, the rows made of it can be stored (`storable.ts`).
 */
export const defineProjection = <Entry>(declared: Declared<Entry>): Projection =>
  // Erasure: a projection only ever feeds its folds with entries that its own `entry` made.
  storableProjection(declared as unknown as Projection);
