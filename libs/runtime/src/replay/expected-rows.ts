/** What a projection's folded tables ought to hold, row by row, without ever holding a whole table in memory. */
import { type Fold, keyText, type Projection, type Row, VersionGap } from '@plenum/read-model';
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
  for (const [index, { table, fold }] of projection.folds.entries()) {
    let current: { readonly key: string; row: Row | undefined } | undefined;
    let finished: Row[] = [];
    const finish = (): void => {
      if (current?.row !== undefined) finished.push(current.row);
    };
    for await (const batch of verification.ledgerBy(index)) {
      stop?.throwIfAborted();
      for (const { foldKey, row } of batch) {
        if (current?.key === foldKey) {
          current.row = foldOrStay(fold, current.row, row);
          continue;
        }
        finish();
        current = { key: foldKey, row: foldOrStay(fold, undefined, row) };
      }
      if (finished.length < flushRows) continue;
      await verification.expect(table, finished);
      finished = [];
    }
    finish();
    if (finished.length > 0) await verification.expect(table, finished);
  }
};

/**
 * What a projector has to have parked is left out here by its parked keys. If it has not, the row stays as it was before
 * the gap, and the difference shows.
 */
const foldOrStay = (fold: Fold<unknown>['fold'], row: Row | undefined, entry: unknown): Row | undefined => {
  try {
    return fold(row, entry);
  } catch (error) {
    if (!(error instanceof VersionGap)) throw error;
    return row;
  }
};

/** Keys whose hash leaves this remainder. */
type Share = { readonly divisor: number; readonly remainder: number };

/**
 * Folds straight from the log, for a projection that has no ledger to stage. When more rows come together than memory may
 * hold, half of the keys are put off to a further pass over the log, as often as it takes.
 */
export const expectFolded = async (
  replay: Replay & { readonly stop?: AbortSignal },
  verification: Verification,
  { table, keyOf, fold }: Fold<unknown>,
  rowsMax = heldRowsMax,
): Promise<void> => {
  const { checkpoints, parkedKeys, expect } = verification;
  const shares: Share[] = [{ divisor: 1, remainder: 0 }];
  for (let share = shares.pop(); share !== undefined; share = shares.pop()) {
    let mine: Share = share;
    let rows = new Map<string, Row>();
    const take = (replayed: Replayed): void => {
      if (replayed.outcome !== 'event') return;
      const entry = replay.projection.entry(replayed.recorded);
      if (entry === undefined) return;
      const key = keyText(table, keyOf(entry));
      if (!isIn(mine, key)) return;
      const row = foldOrStay(fold, rows.get(key), entry);
      if (row !== undefined) rows.set(key, row);
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
