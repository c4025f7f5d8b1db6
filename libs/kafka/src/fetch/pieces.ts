/** From what was fetched of a partition to pieces of a bounded number of records. */
import type { LogRecord } from '@plenum/runtime';
import { damageIn } from '../batch/damaged.ts';
import { readRecords } from './read-records.ts';
import type { RecordSet } from './record-set.ts';

export type Piece = {
  /** At least one. */
  readonly records: readonly LogRecord[];
  /** Where the next piece begins: behind markers that follow, too. */
  readonly next: bigint;
};

export type Cut = { readonly from: bigint; readonly to: bigint; readonly recordsMax: number };

/**
 * Records from `from` up to but without `to`. Batches are decoded one after the other, when they are needed, so that no
 * more is in memory than a piece and a batch.
 * @throws DamagedBatch
 */
export async function* piecesOf(set: RecordSet, { from, to, recordsMax }: Cut): AsyncGenerator<Piece> {
  let held: LogRecord[] = [];
  for (const head of set.batches) {
    if (head.lastOffset < from) continue;
    if (head.firstOffset >= to) break;
    const records = await readRecords(head).catch((error: unknown) => {
      throw damageIn(set.where, error);
    });
    for (const record of records) if (record.offset >= from && record.offset < to) held.push(record);
    // What may be the last piece waits for the end: what lies behind its records belongs to it.
    let cut = 0;
    for (; held.length - cut > recordsMax; cut += recordsMax) yield pieceOf(held.slice(cut, cut + recordsMax));
    if (cut > 0) held = held.slice(cut);
  }
  if (held.length === 0) return;
  const end = (set.lastOffset ?? from) + 1n;
  yield { records: held, next: end < to ? end : to };
}

const pieceOf = (records: readonly LogRecord[]): Piece => ({ records, next: (records.at(-1)?.offset ?? -1n) + 1n });
