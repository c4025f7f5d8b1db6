/** Answers of any length, of which no more is held here than a portion. */
import type pg from 'pg';
import { type CountingTypes, countingTypes } from './counting-types.ts';

/** Rows of a portion, at most: with twice as many a tenth of the time would be saved, and a burst of large rows twice as large. */
export const portionRowsMax = 256;
/** Bytes that a portion comes to, by the rows before it. Where those were small and these are not, it is more, once. */
export const portionBytes = 524_288;
/** As many as fit if they are the largest that are ordinary here. */
const firstRows = 16;

export type CursorQuery = {
  /** Of the cursor: no other one that is open on the connection has it. */
  readonly name: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Rows as arrays of their values, in place of objects. */
  readonly rowMode?: 'array';
  readonly types?: pg.CustomTypesConfig;
};

/**
 * A query's rows in portions, each fetched when it is asked for. It needs a transaction, in which other statements may run in
 * between; an end before the last row closes the cursor. Rejects with the driver's own errors.
 */
export async function* cursor<R>(client: pg.ClientBase, query: CursorQuery): AsyncGenerator<readonly R[], void> {
  const { name, text, values = [], rowMode, types } = query;
  const counting = countingTypes(types);
  await client.query({ text: `declare ${name} no scroll cursor for ${text}`, values: [...values] });
  let isOpen = true;
  try {
    for (let rowsMax = firstRows; ; rowsMax = nextRows(rowsMax, counting)) {
      counting.reset();
      isOpen = false; // Should this fail, the transaction has.
      const fetch = { text: `fetch ${rowsMax} from ${name}`, types: counting.types, ...(rowMode && { rowMode }) };
      const { rows } = await client.query(fetch);
      isOpen = true;
      if (rows.length > 0) yield rows as R[]; // The author of the text names the columns it selects.
      if (rows.length < rowsMax) return;
    }
  } finally {
    if (isOpen) await client.query(`close ${name}`);
  }
}

const nextRows = (rows: number, { bytes }: CountingTypes): number => {
  const fitting = Math.floor((rows * portionBytes) / Math.max(1, bytes()));
  return Math.max(1, Math.min(fitting, portionRowsMax));
};
