import { keyText, type Row, type Table, type Value } from './table.ts';

/** Where the row of a key is, or will be. */
export type RowPlace = { row: Row | undefined };

/** A table's rows in memory. */
export type RowPlaces = {
  /** The place of the row with these key columns, made when there was none. */
  of(key: Row): RowPlace;
  /** Puts a row in its place, or takes the one that is there away. */
  put(place: RowPlace, row: Row | undefined): void;
  /** The rows by their key texts, in the order in which their keys came. */
  byKeyText(): ReadonlyMap<string, Row>;
};

/** Values that a key column had, each with what is behind it: another level for the next column, or at the last the place. */
type Level<Behind> = {
  /** What is behind a value, made when there was nothing. */
  of(value: Value): Behind;
};

/** Rows are found by the values of their keys: making one text of a key for every event costs more than folding it. */
export const rowPlaces = (table: Table): RowPlaces => {
  const { key: columns } = table;
  const root = levelAt(columns.length);
  const filled: RowPlace[] = [];
  return {
    of(key) {
      let behind: unknown = root;
      // A level for each column, and a place behind the last.
      for (let index = 0; index < columns.length; index += 1) {
        behind = (behind as Level<unknown>).of(key[columns[index] as string]);
      }
      return behind as RowPlace;
    },
    put(place, row) {
      if (place.row === undefined && row !== undefined) filled.push(place);
      place.row = row;
    },
    byKeyText: () =>
      new Map(filled.flatMap(({ row }): [string, Row][] => (row === undefined ? [] : [[keyText(table, row), row]]))),
  };
};

const levelAt = (columns: number): unknown =>
  columns === 0 ? ({ row: undefined } satisfies RowPlace) : levelOf(() => levelAt(columns - 1));

const levelOf = <Behind>(make: () => Behind): Level<Behind> => {
  const behind = new Map<Value, Behind>();
  /** Times and the like mostly come in runs, and a number with a fraction or many digits is dear to look up. */
  let lastValue: Value;
  let lastFound: Behind | undefined;
  return {
    of(given) {
      const value = sameValue(given);
      if (lastFound !== undefined && lastValue === value) return lastFound;
      let found = behind.get(value);
      if (found === undefined) {
        found = make();
        behind.set(value, found);
      }
      lastValue = value;
      lastFound = found;
      return found;
    },
  };
};

/** Maps know bytes by the array that holds them. No column holds both bytes and texts. */
const sameValue = (value: Value): Value => (typeof value === 'object' ? String(value) : value);
