/**
 * Times by the interval that they lie in, for indexes. Rows with the same values in an index are one entry with a list of
 * their places, some 7 bytes each; with a time of its own every row is an entry of 20 bytes and more. What a search finds
 * in an interval it has to sort, so an interval should hold at most some thousands of the rows that are looked for.
 */
import type { IndexExpression } from './table.ts';

export type Bins = {
  /** SQL for the start of the interval in which a time lies: of a column or of a parameter, as SQL. Rises with the time. */
  readonly startOf: (time: string) => string;
  /** The same of a column, as a part of an index. */
  readonly part: (column: string) => IndexExpression;
};

/** Intervals of so many seconds. */
export const binsOf = (seconds: number): Bins => {
  const us = seconds * 1_000_000;
  const startOf = (time: string): string => `date_bin('${seconds} s', ${time}, '2000-01-01 00:00:00+00')`;
  return {
    startOf,
    part: (column) => ({
      sql: startOf(`"${column}"`),
      of: (row) => {
        const timeUs = row[column];
        return typeof timeUs === 'number' ? originUs + Math.floor((timeUs - originUs) / us) * us : undefined;
      },
    }),
  };
};

const originUs = Date.UTC(2000, 0) * 1000;
