import type { Projection, Sql, SqlStream } from '@plenum/read-model';
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
};

export type SnapshotPosition = Position & { readonly projection: string };
