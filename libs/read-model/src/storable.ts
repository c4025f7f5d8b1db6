/**
 * Rows as a database can hold them. What was acknowledged is in the log as it was sent; a table shows it with the two
 * things replaced that PostgreSQL takes neither in text nor in JSON: U+0000, and half a character (a surrogate by itself,
 * which JSON can escape). Each becomes U+FFFD, the replacement character. Left as they are they would be poison, and the
 * device that says them would be parked for a character.
 *
 * `defineProjection` applies this to everything that a projection makes, so that no read model has to think of it, and the projector, a
 * replay and a verification see the same row.
 */
import { type Fold, isList, type Projection } from './projection.ts';
import type { Column, Row, Table, Value } from './table.ts';

/** The projection with its rows and keys made storable: with a ledger its entries, for its folds only copy what those hold. */
export const storableProjection = (projection: Projection): Projection => {
  const { ledger, entry } = projection;
  if (ledger === undefined) return { ...projection, folds: projection.folds.map(storableFold) };
  const storable = storableRow(ledger);
  return {
    ...projection,
    entry: (recorded) => {
      const row = entry(recorded) as Row | undefined; // With a ledger, an entry is a ledger row.
      return row && storable(row);
    },
  };
};

const storableFold = ({ table, keyOf, fold }: Fold<unknown>): Fold<unknown> => {
  const storable = storableRow(table);
  return {
    table,
    keyOf: (entry) => {
      const keys = keyOf(entry);
      return isList(keys) ? keys.map(storable) : storable(keys);
    },
    fold: (before, entry, key) => {
      const after = fold(before, entry, key);
      return after === before || after === undefined ? after : storable(after);
    },
  };
};

/** Of some columns of a table or all. The same object when there is nothing to replace, as there hardly ever is. */
export const storableRow = (table: Table): (<R extends Row>(row: R) => R) => {
  const columns = Object.entries<Column>(table.columns);
  const texts = columns.flatMap(([name, { type }]) => (type === 'text' ? [name] : []));
  const jsons = columns.flatMap(([name, { type }]) => (type === 'jsonb' ? [name] : []));
  return <R extends Row>(row: R): R => {
    for (let index = 0; index < texts.length; index += 1) {
      const value = row[texts[index] as string];
      if (typeof value === 'string' && !isStorableText(value)) return replaced(row, texts, jsons);
    }
    for (let index = 0; index < jsons.length; index += 1) {
      const value = row[jsons[index] as string];
      if (typeof value === 'string' && !mayBeStorableJson(value)) return replaced(row, texts, jsons);
    }
    return row;
  };
};

const replaced = <R extends Row>(row: R, texts: readonly string[], jsons: readonly string[]): R => {
  const storable: Record<string, Value> = { ...row };
  let isChanged = false;
  const replace = (names: readonly string[], make: (value: string) => string): void => {
    for (const name of names) {
      const value = row[name];
      if (typeof value !== 'string') continue;
      const made = make(value);
      isChanged ||= made !== value;
      storable[name] = made;
    }
  };
  replace(texts, storableText);
  replace(jsons, storableJson);
  return isChanged ? (storable as R) : row; // The same columns with the same kinds of values.
};

const isStorableText = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
/** Without an escape there is nothing to look for. */
const mayBeStorableJson = (json: string): boolean => !json.includes('\\u') && isStorableText(json);

/** Text without U+0000 and halves of characters. */
export const storableText = (text: string): string =>
  isStorableText(text) ? text : text.toWellFormed().replaceAll('\u0000', '\uFFFD');

/** JSON text without them, escaped or not. Nothing else of it changes, so numbers keep their digits. */
export const storableJson = (json: string): string => {
  const text = storableText(json);
  return text.includes('\\u') ? text.replace(escapes, storableEscape) : text;
};

/** An escaped backslash, which no other escape begins in; two halves that are one character; a half, or U+0000. */
const escapes =
  /\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u(?:[dD][89a-fA-F][\da-fA-F]{2}|0000)/g;

const storableEscape = (written: string): string => (written.length === '\\u0000'.length ? '\\ufffd' : written);
