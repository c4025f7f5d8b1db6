/** Statements that every connection parses and plans once. */
import type pg from 'pg';

/** A prepared statement. PostgreSQL knows it by its name, on each connection. */
export type Statement = pg.QueryArrayConfig<unknown[]>;

/** A statement under a name that stands for its text: the same on every connection, and short enough. */
export const prepared = (text: string, values: unknown[]): Statement => ({
  name: statementNames.getOrInsertComputed(text, () => `plenum_${statementNames.size + 1}`),
  text,
  values,
  rowMode: 'array',
});

const statementNames = new Map<string, string>();
