/** What unique indexes keep apart, said of rows here: the database says the same of its rows. */
import { indexesOf } from './index-parts.ts';
import type { Index, Row, Table } from './table.ts';

export const uniqueIndexesOf = (table: Table): readonly Index[] =>
  indexesOf(table).filter(({ unique }) => unique === true);

/** One text for what a row has in an index, equal exactly when the values are; `undefined` where a part is NULL. */
export const indexedText = ({ on }: Index, row: Row): string | undefined => {
  let text = '';
  for (const part of on) {
    const value = typeof part === 'string' ? row[part] : part.of(row);
    if (value === undefined) return undefined;
    const written = String(value);
    text += `${written.length}:${written}`;
  }
  return text;
};

/** Whether a row has come to hold a value that no other row may hold. */
export const takesValue = (unique: readonly Index[], before: Row | undefined, after: Row | undefined): boolean =>
  after !== undefined &&
  unique.some((index) => {
    const taken = indexedText(index, after);
    return taken !== undefined && (before === undefined || indexedText(index, before) !== taken);
  });
