/**
 * What a read model's reads go through: SQL and its parameters in, rows out. Columns come as they are shown, never as a
 * driver's own types: timestamptz as `2026-03-04T09:15:02.118204Z`, always with six digits (a `Date` would lose them);
 * bigint and numeric as numbers; jsonb parsed; uuid as text; bytea as Uint8Array; NULL as null. So a text names plain
 * columns. With `rowsMax` it is a page, which may end before it has that many rows (see `Rows`); without, all rows come,
 * so ask for few.
 */
export type Sql = {
  <R>(text: string, parameters?: readonly unknown[]): Promise<readonly R[]>;
  <R>(text: string, parameters: readonly unknown[], rowsMax: number): Promise<Rows<R>>;
};

/**
 * The same for answers of any length: rows in portions of a few hundred, fewer where they are large, each read when it is asked
 * for. Other statements may run in between; ending early is fine.
 */
export type SqlStream = <R>(text: string, parameters?: readonly unknown[]) => AsyncIterable<readonly R[]>;

/**
 * Rows of a page. They may not be objects yet: each that is asked for is made, each time, so go through them once. A list
 * of objects is a page too.
 */
export type Rows<R> = Iterable<R> &
  PageMarks & {
    readonly length: number;
    /** Counted from the end where it is negative. */
    at(index: number): R | undefined;
    map<T>(show: (row: R) => T): T[];
    /** Writes them as JSON without making objects of them, where they came in a form that allows it. */
    writeJson?(page: JsonPage): Uint8Array;
  };

/** A list that ends by itself has neither. */
export type PageMarks = {
  /** Bytes on the way from the database, where they are many. */
  readonly bytes?: number;
  /** It ends here because its bytes are full, and the next page goes on after the last row. There is at least one. */
  readonly isCut?: boolean;
};

/** A page as JSON: `head`, the rows with commas between them, and then what `tail` says. */
export type JsonPage = {
  readonly rowsMax: number;
  /** Of the rows: as many as fit are written, and the first in any case. */
  readonly bytesMax: number;
  readonly head: string;
  /** Called once, with how many rows are written. */
  readonly tail: (rows: number) => string;
};

export type Binder = {
  readonly parameters: readonly unknown[];
  /** Adds a value and returns the placeholder that stands for it. */
  readonly bind: (value: unknown) => string;
};

/** Collects a statement's parameters while its text is put together, so that no value ever becomes part of the text. */
export const binder = (): Binder => {
  const parameters: unknown[] = [];
  return { parameters, bind: (value) => `$${parameters.push(value)}` };
};
