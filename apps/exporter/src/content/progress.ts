/** How far an export is, as rows and as a part of what it is estimated to be. */
import type { ColumnBatch } from '@plenum/runtime';
import type { ContentParts } from './parts.ts';
import { NotMade } from './refusal.ts';

export type CountingRows = {
  readonly rows: () => number;
  /** So many there are by now. @throws NotMade beyond what a file may have */
  readonly to: (rows: number) => void;
  /** Counts those that are asked for. */
  readonly through: (batches: AsyncIterable<ColumnBatch>) => AsyncIterable<ColumnBatch>;
};

export const countingRows = ({ progress, rowsMax }: ContentParts, expected: number): CountingRows => {
  let rows = 0;
  const to = (seen: number): void => {
    rows = seen;
    if (rows > rowsMax) throw new NotMade('too-large', `It has more than ${rowsMax} rows; ask for a smaller range.`);
    // What is to be written behind the last row, and reading it all again, is not done yet.
    progress.rows = rows;
    progress.percent = Math.min(95, Math.floor((100 * rows) / Math.max(1, expected)));
  };
  return {
    rows: () => rows,
    to,
    async *through(batches) {
      for await (const batch of batches) {
        to(rows + batch.rows);
        yield batch;
      }
    },
  };
};
