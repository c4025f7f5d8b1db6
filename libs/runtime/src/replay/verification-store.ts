import type { Projection, Row, Table } from '@plenum/read-model';
import type { Counters, ParkedKey, TopicPartition } from '../consumer/checkpoint-store.ts';
import type { Position } from './projection-events.ts';

/**
 * What `verifyProjection` needs of a database: one unmoving view of a projection's tables, and space beside it for what
 * they ought to hold.
 */
export type VerificationStore = {
  /**
   * Runs `work` on the tables and checkpoints of one moment, however long it takes and whatever is written meanwhile.
   * What was staged is gone afterwards, also when the process or the server dies in between.
   * @throws TransientFailure; an error when the projection has no tables here yet.
   */
  snapshot<T>(projection: Projection, work: (verification: Verification) => Promise<T>): Promise<T>;
};

export type Verification = {
  readonly checkpoints: readonly (Position & { readonly counters: Counters })[];
  readonly parkedKeys: readonly ParkedKey[];
  /** Takes entries of a projection with a ledger, in log order within each partition. */
  stage(at: TopicPartition, entries: readonly StagedEntry[]): Promise<void>;
  /** Makes the staged rows what the ledger ought to hold: of each key the first. Says how many are left of each partition. */
  settleLedger(): Promise<readonly (TopicPartition & { readonly rows: number })[]>;
  /** The settled ledger rows in batches, once for each row of the fold that they change; those of one stand together, in log order. */
  ledgerBy(fold: number): AsyncIterable<readonly StagedRow[]>;
  /** Takes rows that a table other than the ledger ought to hold, each key once. */
  expect(table: Table, rows: readonly Row[]): Promise<void>;
  /** Every row in which what ought to be and what is differ. */
  differences(table: Table): AsyncIterable<RowDifference>;
};

/** A ledger row, with the key texts of the rows that it changes in each of the projection's folds. */
export type StagedEntry = { readonly row: Row; readonly foldKeys: readonly (readonly string[])[] };

export type StagedRow = { readonly foldKey: string; readonly row: Row };

/** Values as the database shows them; `undefined` is NULL. */
export type RowDifference = {
  readonly key: Shown;
  readonly found: 'missing' | 'extra' | readonly ColumnDifference[];
};

export type Shown = Readonly<Record<string, string | undefined>>;

export type ColumnDifference = {
  readonly column: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
};
