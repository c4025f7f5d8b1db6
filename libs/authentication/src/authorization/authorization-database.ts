/** Authentication's own connections: few, and every question on them ends in time, whatever the database does. */
import { type Database, inTransaction, openPool, query } from '@plenum/postgres';
import type { Sql } from '@plenum/read-model';

export type AuthorizationDatabase = {
  readonly pool: ReturnType<typeof openPool>;
  readonly sql: Sql;
  /** @throws as `inTransaction` */
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** One is kept to listen on, one to count requests; the others ask, and one has to be left for that. */
const connectionsWanted = 6;
const connectionsLeast = 3;
/** A question that waits for a lock this long is given up by the server. */
const statementMsMax = 3_000;
/** For a server that is frozen, or behind a network that is gone. */
const silentMsMax = 5_000;

/** Opens no connection yet. */
export const openAuthorizationDatabase = (database: Pick<Database, 'url' | 'beside'>): AuthorizationDatabase => {
  const url = new URL(database.url);
  url.searchParams.set('statement_timeout', String(statementMsMax));
  const pool = openPool({
    url: url.href,
    applicationName: 'plenum authentication',
    connectionsMax: database.beside(connectionsWanted, connectionsLeast),
    silentMaxMs: silentMsMax,
  });
  return {
    pool,
    sql: (text, parameters) => query(pool, text, parameters),
    transact: (work) =>
      inTransaction(pool, (client) =>
        work(async <R>(text: string, parameters: readonly unknown[] = []) => {
          const { rows } = await client.query(text, [...parameters]);
          return rows as R[]; // Whoever wrote the text names the columns it selects.
        }),
      ),
    close: () => pool.end(),
  };
};
