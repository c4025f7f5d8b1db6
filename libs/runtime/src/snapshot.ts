import type { Projection, Sql, SqlStream, Table } from '@plenum/read-model';
import type { ColumnBatch } from './exports/column-batch.ts';
import type { ExportColumn } from './exports/export-column.ts';
import type { Position } from './replay/projection-events.ts';

/** Read models as of one moment, for whatever takes longer than a query: exports, comparisons. */
export type SnapshotStore = {
  /**
   * Runs `work` on what the tables of these projections hold at one moment, however long it takes, whatever is written meanwhile,
   * and whichever builds become active. Nothing can be written in it.
   * @throws TransientFailure, also when one of the projections has no tables yet; the reason of `stop`, at once.
   */
  readSnapshot<T>(
    projections: readonly Pick<Projection, 'name'>[],
    work: (snapshot: Snapshot) => Promise<T>,
    stop?: AbortSignal,
  ): Promise<T>;
};

/** For as long as `work` runs. */
export type Snapshot = {
  /** How much of the log the tables hold. Each projection has its own: two that read one topic may be at different places. */
  readonly positions: readonly SnapshotPosition[];
  /**
   * Texts name tables plainly, without a schema, and find those of the builds that were active at that moment. A name with a
   * schema finds the view, which shows what is active by then.
   */
  readonly sql: Sql;
  /** By the same rules. */
  readonly stream: SqlStream;
  /** The rows of a table, in memory by columns. Nothing else may be asked of the snapshot until all of them came. */
  readonly columns: (query: RowsQuery) => AsyncIterable<ColumnBatch>;
  /**
   * The same as bytes of a CSV file: a line of names, then one for each row, ended by LF; NULL is an empty field, and an empty
   * text is in quotes; times are UTC with six digits, and booleans `true` and `false`. Nothing else may be asked of the
   * snapshot until all of it came.
   */
  readonly csv: (query: CsvQuery) => AsyncIterable<Uint8Array>;
  /** How many rows that are, as the server estimates: to count them takes as long as half of reading them. */
  readonly estimate: (query: RowsQuery) => Promise<number>;
};

/** Rows of a table. SQL in it calls a column `t."name"`. */
export type RowsQuery = {
  readonly table: Table;
  /** Some of the table's. */
  readonly columns: readonly ExportColumn[];
  /** SQL that is true of the rows that are wanted. `$1` stands for the first parameter as a literal: say its type, as in `$1::text`. */
  readonly where: string;
  readonly parameters: readonly (string | number | bigint | boolean)[];
  /** SQL of what they are sorted by. */
  readonly orderBy: string;
};

export type CsvQuery = RowsQuery & {
  /** Called now and then with how many rows have come. */
  readonly rowsSeen?: (rows: number) => void;
};

export type SnapshotPosition = Position & { readonly projection: string };
