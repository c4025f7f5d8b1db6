/** What a projection's folded tables ought to hold, row by row, without ever holding a whole table in memory. */
import {
  decisionFor,
  entryOf,
  type Fold,
  isNextVersion,
  keysOf,
  keyText,
  type Projection,
  type Row,
  streamVersions,
  streamVersionsRow,
  type Table,
  VersionGap,
} from '@plenum/read-model';
import { nameOfPartition } from '../consumer/partitions.ts';
import { projectionBatches, type Replay, type Replayed } from './projection-events.ts';
import type { Verification } from './verification-store.ts';

/** Rows handed to the database at a time. */
const flushRows = 1_000;
/** Rows held in memory while a table without a ledger is folded. */
const heldRowsMax = 100_000;

/** Folds the settled ledger rows, which come with those of one row together: one row is in memory at a time. */
export const expectLedgerFolds = async (
  projection: Projection,
  verification: Verification,
  stop: AbortSignal | undefined,
): Promise<void> => {
  for (const [index, one] of projection.folds.entries()) {
    const { table, fold } = one;
    let current: { readonly text: string; readonly key: Row; row: Row | undefined } | undefined;
    let finished: Row[] = [];
    const finish = (): void => {
      if (current?.row !== undefined) finished.push(current.row);
    };
    for await (const batch of verification.ledgerBy(index)) {
      stop?.throwIfAborted();
      for (const { foldKey, row } of batch) {
        if (current?.text !== foldKey) {
          finish();
          const key = keysOf(one, row).find((candidate) => keyText(table, candidate) === foldKey) ?? {};
          current = { text: foldKey, key, row: undefined };
        }
        current.row = fold(current.row, row, current.key);
      }
      if (finished.length < flushRows) continue;
      await verification.expect(table, finished);
      finished = [];
    }
    finish();
    if (finished.length > 0) await verification.expect(table, finished);
  }
};

/** Offsets of records that are not new, by the name of their partition. */
export type NotNew = ReadonlyMap<string, ReadonlySet<bigint>>;

type Replaying = Replay & { readonly stop?: AbortSignal };

/**
 * Takes the streams in turn: how far each ought to be, and which events are not new, which are few. What follows a gap is
 * not new either: a projector has parked it, and it is left out here by the parked keys; if not, the difference shows.
 */
export const expectStreams = async (
  replay: Replaying,
  verification: Verification,
  rowsMax?: number,
): Promise<NotNew> => {
  const notNew = new Map<string, Set<bigint>>();
  const changes = ({ topic, partition, recorded }: ReplayedEvent): readonly Change[] => {
    const decision = decisionFor(replay.projection, recorded.event);
    if (decision === undefined) return [];
    const after = (row: Row | undefined): Row | undefined => {
      if (isNext(Number(row?.version ?? 0), decision)) return streamVersionsRow(decision, recorded);
      notNew.getOrInsertComputed(nameOfPartition({ topic, partition }), () => new Set()).add(recorded.offset);
      return row;
    };
    return [{ key: keyText(streamVersions, decision), after }];
  };
  await expectShares(replay, verification, { table: streamVersions, changes, rowsMax });
  return notNew;
};

const isNext: typeof isNextVersion = (has, decision) => {
  try {
    return isNextVersion(has, decision);
  } catch (error) {
    if (!(error instanceof VersionGap)) throw error;
    return false;
  }
};

/** Folds straight from the log, for a projection that has no ledger to stage. */
export const expectFolded = async (
  replay: Replaying,
  verification: Verification,
  { fold: one, notNew, rowsMax }: { readonly fold: Fold<unknown>; readonly notNew?: NotNew; readonly rowsMax?: number },
): Promise<void> => {
  const changes = ({ topic, partition, recorded }: ReplayedEvent): readonly Change[] => {
    if (notNew?.get(nameOfPartition({ topic, partition }))?.has(recorded.offset)) return [];
    const entry = entryOf(replay.projection, recorded);
    if (entry === undefined) return [];
    return keysOf(one, entry).map((key) => ({
      key: keyText(one.table, key),
      after: (row) => one.fold(row, entry, key),
    }));
  };
  await expectShares(replay, verification, { table: one.table, changes, rowsMax });
};

type ReplayedEvent = Extract<Replayed, { readonly outcome: 'event' }>;

/** What becomes of the row of a key. */
type Change = { readonly key: string; readonly after: (row: Row | undefined) => Row | undefined };

type Sharing = {
  readonly table: Table;
  readonly changes: (replayed: ReplayedEvent) => readonly Change[];
  readonly rowsMax?: number | undefined;
};

/** Keys whose hash leaves this remainder. */
type Share = { readonly divisor: number; readonly remainder: number };

/**
 * Makes a table's rows of the log. When more come together than memory may hold, half of the keys are put off to a further
 * pass over the log, as often as it takes.
 */
const expectShares = async (
  replay: Replaying,
  { checkpoints, parkedKeys, expect }: Verification,
  { table, changes, rowsMax = heldRowsMax }: Sharing,
): Promise<void> => {
  const shares: Share[] = [{ divisor: 1, remainder: 0 }];
  for (let share = shares.pop(); share !== undefined; share = shares.pop()) {
    let mine: Share = share;
    let rows = new Map<string, Row>();
    const take = (replayed: Replayed): void => {
      if (replayed.outcome !== 'event') return;
      for (const { key, after } of changes(replayed)) {
        if (!isIn(mine, key)) continue;
        const row = after(rows.get(key));
        if (row === undefined) rows.delete(key);
        else rows.set(key, row);
      }
      while (rows.size > rowsMax) {
        replay.stop?.throwIfAborted();
        const { divisor, remainder } = mine;
        shares.push({ divisor: divisor * 2, remainder: remainder + divisor });
        mine = { divisor: divisor * 2, remainder };
        const kept: Share = mine;
        rows = new Map([...rows].filter(([held]) => isIn(kept, held)));
      }
    };
    for await (const batch of projectionBatches(replay, checkpoints, parkedKeys)) batch.forEach(take);
    const folded = [...rows.values()];
    for (let from = 0; from < folded.length; from += flushRows) {
      await expect(table, folded.slice(from, from + flushRows));
    }
  }
};

const isIn = ({ divisor, remainder }: Share, key: string): boolean => hash(key) % divisor === remainder;

/** FNV-1a over UTF-16 units, 32 bits. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};
