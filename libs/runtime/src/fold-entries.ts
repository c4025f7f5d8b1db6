/** What entries make of a projection's rows, worked out in memory before any of it is written. */
import { type Fold, isList, keyText, type Row, type Table, takesValue, uniqueIndexesOf } from '@plenum/read-model';
import type { RowsTransaction } from './read-model-store.ts';

/** Rows of one table, as they are after the entries so far; `undefined` where there is none. */
export type FoldedRows = ReadonlyMap<string, Row | undefined>;

export type Folded = {
  readonly table: Table;
  /** Those that were looked at. */
  readonly rows: FoldedRows;
  /** Which entry looked at which of them. */
  readonly touches: Touches;
  /** What is to be written, in this order. */
  readonly writes: readonly Writes[];
};

/** Rows that end or change together; at most one of each key. */
export type Writes = {
  readonly table: Table;
  readonly ended: readonly Row[];
  readonly changed: readonly Row[];
  /** What those are in the store until then, in the same order; `undefined` where they are not there. */
  readonly before: readonly (Row | undefined)[];
  /** Rows that were made and replaced by later ones, and are never written. */
  readonly replaced: readonly Row[];
};

export type Feed = {
  readonly entries: readonly unknown[];
  /** What is remembered of the table where an entry, given by its index, comes from. */
  readonly remembered: (entry: number) => ReadonlyMap<string, Row> | undefined;
};

/** Every touched row is loaded at most once, and folded one entry at a time in log order. */
export const foldEntries = async (
  tx: Pick<RowsTransaction, 'load'>,
  { table, keyOf, fold }: Fold<unknown>,
  { entries, remembered }: Feed,
): Promise<Folded> => {
  const touches = touchesOf(table, keyOf, entries);
  const rows = await rowsOf(tx, table, { touches, remembered });
  const unique = uniqueIndexesOf(table);
  const writes: Writes[] = [];
  let pending = noPending();
  let [entry, takes] = [0, false];
  for (let index = 0; index < touches.texts.length; index += 1) {
    const [text, next] = [touches.texts[index] as string, touches.entries[index] as number]; // All lists are of one length.
    // What a row comes to hold alone is written before the entry after it: however a log is cut, the same is refused.
    if (takes && next !== entry) {
      writes.push(written(table, rows, pending, unique.length > 0));
      [pending, takes] = [noPending(), false];
    }
    entry = next;
    const before = rows.get(text);
    const after = fold(before, entries[entry], touches.keys[index] as Row);
    if (after === before) continue;
    if (!pending.stored.has(text)) pending.stored.set(text, { key: touches.keys[index] as Row, row: before });
    else if (before !== undefined) pending.replaced.push(before);
    rows.set(text, after);
    if (unique.length > 0 && takesValue(unique, before, after)) takes = true;
  }
  if (pending.stored.size > 0) writes.push(written(table, rows, pending, unique.length > 0));
  return { table, rows, touches, writes };
};

/** Which entry touches which row, in log order; lists of one length, for a list of objects costs a hot path more. */
export type Touches = { readonly entries: number[]; readonly keys: Row[]; readonly texts: string[] };

const touchesOf = (table: Table, keyOf: Fold<unknown>['keyOf'], entries: readonly unknown[]): Touches => {
  const touches: Touches = { entries: [], keys: [], texts: [] };
  const touch = (entry: number, key: Row): void => {
    touches.entries.push(entry);
    touches.keys.push(key);
    touches.texts.push(keyText(table, key));
  };
  for (let entry = 0; entry < entries.length; entry += 1) {
    const keys = keyOf(entries[entry]);
    if (!isList(keys)) touch(entry, keys);
    else for (const key of keys) touch(entry, key);
  }
  return touches;
};

type Looked = { readonly touches: Touches; readonly remembered: Feed['remembered'] };

const rowsOf = async (
  tx: Pick<RowsTransaction, 'load'>,
  table: Table,
  { touches: { entries, keys, texts }, remembered }: Looked,
): Promise<Map<string, Row | undefined>> => {
  const rows = new Map<string, Row | undefined>();
  const missing = new Map<string, Row>();
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] as string;
    if (rows.has(text)) continue;
    const row = remembered(entries[index] as number)?.get(text); // All lists are of one length.
    if (row === undefined) missing.set(text, keys[index] as Row);
    else rows.set(text, row);
  }
  if (missing.size > 0) {
    for (const [text, row] of await tx.load(table, [...missing.values()])) rows.set(text, row);
  }
  return rows;
};

/** What has changed since it was last written, and what was written. */
type Pending = { readonly stored: Map<string, Stored>; readonly replaced: Row[] };

type Stored = { readonly key: Row; readonly row: Row | undefined };

const noPending = (): Pending => ({ stored: new Map(), replaced: [] });

/**
 * In one order for all writers: two transactions that met on two rows in opposite orders would deadlock. Where values are
 * unique, a row that changes ends first, so that rows of one entry may exchange what they hold.
 */
const written = (table: Table, rows: FoldedRows, { stored, replaced }: Pending, isUnique: boolean): Writes => {
  const ended: Row[] = [];
  const changed: Row[] = [];
  const before: (Row | undefined)[] = [];
  for (const text of [...stored.keys()].sort()) {
    const there = stored.get(text) as Stored;
    const row = rows.get(text);
    if (row !== undefined) {
      changed.push(row);
      before.push(isUnique ? undefined : there.row);
    }
    if (row === undefined || isUnique) ended.push(there.key);
  }
  return { table, ended, changed, before, replaced };
};

/** Asks for everything at once; it is done in this order. */
export const write = (
  tx: RowsTransaction,
  { table, ended, changed, before, replaced }: Writes,
  passing: 'checked' | 'sound',
): readonly Promise<void>[] => [
  ...(passing === 'checked' && replaced.length > 0 ? [tx.check(table, replaced)] : []),
  ...(ended.length > 0 ? [tx.remove(table, ended)] : []),
  ...(changed.length > 0 ? [tx.save(table, changed, before)] : []),
];
