/**
 * Proves a projection's tables: folds the log again, without the projector, up to the checkpoints of one moment, and compares
 * row by row. The projector may go on meanwhile. Memory stays flat: rows wait in the database, never here.
 */
import { decisionFor, entryOf, keysOf, keyText, type Projection, tablesOf } from '@plenum/read-model';
import type { Counters, TopicPartition } from '../consumer/checkpoint-store.ts';
import { expectFolded, expectLedgerFolds, expectStreams } from './expected-rows.ts';
import { projectionBatches, type Replay } from './projection-events.ts';
import type { ColumnDifference, Shown, StagedEntry, Verification, VerificationStore } from './verification-store.ts';

export type VerifyProjection = Replay & {
  readonly store: VerificationStore;
  /** Called now and then with how many records have been read, of how many. */
  readonly onProgress?: (progress: { readonly records: number; readonly of: number }) => void;
  /** How many differences to keep in the report; all are counted. */
  readonly shownMax?: number;
  readonly stop?: AbortSignal;
};

export type Difference = {
  readonly projection: string;
  readonly table: string;
  readonly key: Shown;
  readonly kind: 'changed' | 'missing' | 'extra';
} & Partial<ColumnDifference>;

export type VerifyReport = {
  readonly projection: string;
  readonly equal: boolean;
  /** Records of the log that were folded again. */
  readonly records: number;
  /**
   * What is in no table because it was refused, as the projection has it, and what waits behind it: left out on both sides,
   * so the tables may be equal without it.
   */
  readonly parked: { readonly keys: number; readonly records: number };
  /** A changed row counts once for every column in which it differs. */
  readonly differences: number;
  /** The first of them. */
  readonly shown: readonly Difference[];
};

/** Rows staged at a time, and records between two looks at `stop`. */
export const verifyBatch = 1_000;

/** @throws TransientFailure; LogTruncated; the reason of `stop` when it aborts. */
export const verifyProjection = (parts: VerifyProjection): Promise<VerifyReport> =>
  parts.store.snapshot(parts.projection, async (verification) => {
    const { projection, shownMax = 20 } = parts;
    const shown: Difference[] = [];
    let differences = 0;
    const note = (difference: Omit<Difference, 'projection'>): void => {
      differences += 1;
      if (shown.length < shownMax) shown.push({ projection: projection.name, ...difference });
    };

    const countsAt = await replayOnce(parts, verification, note);
    if (projection.ledger === undefined) {
      const notNew = projection.streams === undefined ? undefined : await expectStreams(parts, verification);
      for (const [name, offsets] of notNew ?? []) {
        const counts = countsAt.get(name);
        if (counts !== undefined) counts.applied -= offsets.size;
      }
      for (const fold of projection.folds) {
        await expectFolded(parts, verification, { fold, ...(notNew !== undefined && { notNew }) });
      }
    } else {
      for (const { topic, partition, rows } of await verification.settleLedger()) {
        const counts = countsAt.get(nameOf({ topic, partition }));
        if (counts !== undefined) counts.applied = rows;
      }
      await expectLedgerFolds(projection, verification, parts.stop);
    }
    compareCounters(verification, countsAt, note);
    for (const table of tablesOf(projection)) {
      parts.stop?.throwIfAborted();
      for await (const { key, found } of verification.differences(table)) {
        if (typeof found === 'string') note({ table: table.name, key, kind: found });
        else for (const column of found) note({ table: table.name, key, kind: 'changed', ...column });
      }
    }
    const total = (column: 'read' | 'parked'): number =>
      [...countsAt.values()].reduce((sum, one) => sum + one[column], 0);
    const parked = { keys: verification.parkedKeys.length, records: total('parked') };
    return {
      projection: projection.name,
      equal: differences === 0,
      records: total('read'),
      parked,
      differences,
      shown,
    };
  });

type Counts = { read: number; entries: number; applied: number; notForIt: number; parked: number };
type Note = (difference: Omit<Difference, 'projection'>) => void;

/** Reads the log once: counts what every record comes to, and stages the entries of a ledger. */
const replayOnce = async (
  parts: VerifyProjection,
  verification: Verification,
  note: Note,
): Promise<Map<string, Counts>> => {
  const { projection, onProgress, stop } = parts;
  const { checkpoints, parkedKeys, stage } = verification;
  const of = checkpoints.reduce((sum, { counters }) => sum + counters.read, 0);
  const countsAt = new Map(checkpoints.map((at) => [nameOf(at), noCounts()]));
  let records = 0;
  let at: TopicPartition | undefined;
  let counts: Counts | undefined;
  let entries: StagedEntry[] = [];
  const flush = async (): Promise<void> => {
    if (at !== undefined && entries.length > 0) await stage(at, entries);
    entries = [];
  };

  for await (const batch of projectionBatches(parts, checkpoints, parkedKeys)) {
    for (const replayed of batch) {
      const { topic, partition, record } = replayed;
      if (at?.topic !== topic || at.partition !== partition) {
        await flush();
        at = { topic, partition };
        counts = countsAt.get(nameOf(at));
      }
      if (counts === undefined) continue; // Only partitions that have a checkpoint are read.
      counts.read += 1;
      records += 1;
      if (records % verifyBatch === 0) {
        stop?.throwIfAborted();
        onProgress?.({ records, of });
      }
      if (replayed.outcome === 'unreadable') {
        note({ table: 'parked', key: { topic, partition: String(partition), key: record.key }, kind: 'missing' });
      }
      if (replayed.outcome !== 'event') {
        counts.parked += 1;
        continue;
      }
      const entry = entryOf(projection, replayed.recorded);
      if (entry === undefined && decisionFor(projection, replayed.recorded.event) === undefined) {
        counts.notForIt += 1;
        continue;
      }
      counts.entries += 1;
      counts.applied += 1; // What is not new of them is known later.
      if (projection.ledger === undefined) continue;
      entries.push(stagedEntry(projection, entry));
      if (entries.length === verifyBatch) await flush();
    }
  }
  await flush();
  onProgress?.({ records, of });
  return countsAt;
};

const stagedEntry = (projection: Projection, entry: unknown): StagedEntry => ({
  row: entry as StagedEntry['row'], // With a ledger, an entry is a ledger row.
  foldKeys: projection.folds.map((fold) => keysOf(fold, entry).map((key) => keyText(fold.table, key))),
});

const noCounts = (): Counts => ({ read: 0, entries: 0, applied: 0, notForIt: 0, parked: 0 });

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The counters in the checkpoints have to be what the log says, and so have to balance. */
const compareCounters = ({ checkpoints }: Verification, countsAt: ReadonlyMap<string, Counts>, note: Note): void => {
  for (const { topic, partition, counters } of checkpoints) {
    const { read, entries, applied, notForIt, parked } = countsAt.get(nameOf({ topic, partition })) ?? noCounts();
    const counted: Counters = { read, applied, duplicates: entries - applied, notForIt, parked };
    for (const column of ['read', 'applied', 'duplicates', 'notForIt', 'parked'] as const) {
      if (counted[column] === counters[column]) continue;
      const key = { topic, partition: String(partition) };
      const values = { expected: String(counted[column]), found: String(counters[column]) };
      note({ table: 'checkpoint', key, kind: 'changed', column, ...values });
    }
  }
};
