/**
 * What a read model's reads go through: SQL and its parameters in, rows out. Columns come as they are shown, never as a
 * driver's own types: timestamptz as `2026-03-04T09:15:02.118204Z`, always with six digits (a `Date` would lose them);
 * bigint and numeric as numbers; jsonb parsed; uuid as text; bytea as Uint8Array; NULL as null. So a text names plain
 * columns. With `rowsMax` it is a page, which may end before it has that many rows (see `Rows`); without, all rows come,
 * so ask for few.
 */
export type Sql = <R>(text: string, parameters?: readonly unknown[], rowsMax?: number) => Promise<Rows<R>>;

/**
 * The same for answers of any length: rows in portions of a few hundred, fewer where they are large, each read when it is asked
 * for. Other statements may run in between; ending early is fine.
 */
export type SqlStream = <R>(text: string, parameters?: readonly unknown[]) => AsyncIterable<readonly R[]>;

/** Rows of a page. A list that ends by itself has neither mark. */
export type Rows<R> = readonly R[] & {
  /** Bytes on the way from the database, where they are many. */
  readonly bytes?: number;
  /** It ends here because its bytes are full, and the next page goes on after the last row. There is at least one. */
  readonly isCut?: boolean;
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
