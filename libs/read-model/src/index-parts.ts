/** Indexes as a table declares them, each as parts, whichever way it was written. */
import type { Index, IndexExpression, Table } from './table.ts';

/** All secondary indexes of a table. */
export const indexesOf = (table: Table): readonly Index[] =>
  (table.indexes ?? []).map((index) => ('on' in index ? index : { on: index }));

/** A text column without the difference of `A` to `Z` and `a` to `z`, the same in every database. */
export const lowerCase = (column: string): IndexExpression => ({
  sql: lowerCaseText(`"${column}"`),
  of: (row) => {
    const value = row[column];
    return typeof value === 'string' ? value.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : undefined;
  },
});

/** The same as SQL, for a search that is to use such an index. */
export const lowerCaseText = (expression: string): string => `lower(${expression} collate "C")`;
