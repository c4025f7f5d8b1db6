import type { Projection, Sql, SqlStream } from '@plenum/read-model';
import type { ExportColumn, ExportRow } from './exports/writers.ts';
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
  /**
   * The same as values in the order of the columns, of the types that `ColumnType` has: times are microseconds, JSON its text.
   * Nothing else may be asked of the snapshot until all of it came.
   */
  readonly values: (query: RowsQuery) => AsyncIterable<readonly ExportRow[]>;
  /**
   * The same as bytes of a CSV file: a line of names, then one for each row, ended by LF; NULL is an empty field, and an empty
   * text is in quotes; times are UTC with six digits. Nothing else may be asked of the snapshot until all of it came.
   */
  readonly csv: (query: CsvQuery) => AsyncIterable<Uint8Array>;
};

export type RowsQuery = {
  /** Selects these columns, each of its type. `$1` stands for the first parameter as a literal: say its type, as in `$1::text`. */
  readonly text: string;
  readonly parameters: readonly (string | number | bigint | boolean)[];
  readonly columns: readonly ExportColumn[];
};

export type CsvQuery = RowsQuery & {
  /** Called now and then with how many rows have come. */
  readonly rowsSeen?: (rows: number) => void;
};

export type SnapshotPosition = Position & { readonly projection: string };
