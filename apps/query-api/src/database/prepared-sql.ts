/** How reads ask PostgreSQL: named statements over a pool, and errors in the words of the ports. */
import { type openPool, pageReader, sqlTypes, translateError } from '@plenum/postgres';
import type { Rows, Sql } from '@plenum/read-model';
import { TransientFailure } from '@plenum/runtime';
import { jsonOfPage } from './kept-json.ts';
import { type PageBudget, pageBudget, pageBytesMax, smallBytes } from './page-budget.ts';

export type QueryPool = Pick<ReturnType<typeof openPool>, 'query'>;

const listTypes = sqlTypes();

/**
 * Every text is prepared once on each connection, under a name of its own: PostgreSQL parses and plans it no more. The
 * texts that reads are made of are a fixed few dozen; values only ever travel as parameters. A page ends where its bytes
 * are full, or where it would no longer be small while others take up the budget.
 * @throws TransientFailure, also when the read models' tables are not there yet, or Poison, where the error is one.
 */
export const preparedSql = (pool: QueryPool, budget: PageBudget = pageBudget()): Sql => {
  const names = new Map<string, string>();
  let prepared = 0;
  const nameOf = (text: string): string => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = `read_${prepared}`;
    prepared += 1;
    names.set(text, name);
    return name;
  };
  const bounds = { smallBytes, bytesMax: pageBytesMax, grow: budget.tryRoom, types: sqlTypes(jsonOfPage) };
  const readPage = pageReader(pool, bounds);
  const run = async <R>(text: string, values: unknown[], rowsMax: number | undefined): Promise<Rows<R>> => {
    const statement = { name: nameOf(text), text, values };
    if (rowsMax !== undefined) return readPage<R>(statement, rowsMax);
    const { rows } = await pool.query({ ...statement, types: listTypes });
    return rows as readonly R[]; // The text names the columns it selects.
  };

  const sql = async <R>(text: string, parameters: readonly unknown[] = [], rowsMax?: number) => {
    try {
      return await run<R>(text, [...parameters], rowsMax).catch((error: unknown) => {
        if (!isReplaced(error)) throw error;
        names.delete(text); // From now on under another name: the old one is of no use on any connection.
        return run<R>(text, [...parameters], rowsMax);
      });
    } catch (error) {
      throw asTransient(error) ?? translateError(error);
    }
  };
  return sql as Sql; // Without `rowsMax` it is the driver's list.
};

/** Columns have other types since the statement was prepared: another version of a read model is active. */
const isReplaced = (error: unknown): boolean =>
  error instanceof Error && error.message === 'cached plan must not change result type';

/** undefined_table, invalid_schema_name. */
const notThere: ReadonlySet<unknown> = new Set(['42P01', '3F000']);

const asTransient = (error: unknown): TransientFailure | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  if (notThere.has(code)) return new TransientFailure('not-prepared', error.message, { cause: error });
  return undefined;
};

/** The URL with which the server itself gives up a query that takes longer. */
export const withQueryTimeout = (url: string, timeoutMs: number): string => {
  const limited = new URL(url);
  limited.searchParams.set('statement_timeout', String(timeoutMs));
  return limited.href;
};
