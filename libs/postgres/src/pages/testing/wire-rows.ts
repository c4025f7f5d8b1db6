/** Rows as PostgreSQL would send them. */
import { sqlTypes } from '../../sql-types.ts';
import { lengthBytes, type WireRows } from '../row-json.ts';

export type SentColumn = { readonly name: string; readonly type: number };

const types = sqlTypes();

/** One row: its number of values, and of each its length and its text; null is NULL. */
export const sentRow = (texts: readonly (string | null)[]): Buffer => {
  const count = Buffer.alloc(2);
  count.writeInt16BE(texts.length);
  const values = texts.flatMap((text) => {
    const length = Buffer.alloc(lengthBytes);
    const bytes = Buffer.from(text ?? '');
    length.writeInt32BE(text === null ? -1 : bytes.length);
    return [length, bytes];
  });
  return Buffer.concat([count, ...values]);
};

/** Rows that follow each other in one chunk, behind something else. */
export const sentRows = (columns: readonly SentColumn[], rows: readonly (readonly (string | null)[])[]): WireRows => {
  const messages = rows.map(sentRow);
  const chunk = Buffer.concat([Buffer.from('xyz'), ...messages]);
  let at = 3;
  const starts = messages.map(({ length }) => {
    at += length;
    return at - length;
  });
  return {
    columns: columns.map((column) => ({ ...column, parse: types.getTypeParser(column.type, 'text') })),
    chunks: messages.map(() => chunk),
    starts,
    sizes: messages.map(({ length }) => length),
  };
};
