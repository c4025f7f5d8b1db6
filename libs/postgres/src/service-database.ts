/** A service's own connections: few, and every question on them ends in time, whatever the database does. */
import type { Logger, ServiceDatabase } from '@plenum/runtime';
import type pg from 'pg';
import { listenTo } from './listen.ts';
import type { Database } from './open-database.ts';
import { inTransaction, openPool } from './pool.ts';
import { sqlOf } from './sql.ts';

export type PostgresServiceDatabase = ServiceDatabase & {
  /** For what counts or locks on the same connections. */
  readonly pool: pg.Pool;
  /** Ends the pool once its queries are finished. Whatever listens has to be closed before. */
  close(): Promise<void>;
};

export type PostgresServiceDatabaseParts = {
  readonly database: Pick<Database, 'url' | 'beside'>;
  /** As in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger: Logger;
};

/** One may be kept to listen on, one to count requests; the others ask, and one has to be left for that. */
const connectionsWanted = 6;
const connectionsLeast = 3;
/** A question that waits for a lock this long is given up by the server. */
const statementMsMax = 3_000;
/** For a server that is frozen, or behind a network that is gone. */
const silentMsMax = 5_000;

/** Opens no connection yet. */
export const postgresServiceDatabase = (parts: PostgresServiceDatabaseParts): PostgresServiceDatabase => {
  const { database, applicationName, logger } = parts;
  const url = new URL(database.url);
  url.searchParams.set('statement_timeout', String(statementMsMax));
  const pool = openPool({
    url: url.href,
    applicationName,
    connectionsMax: database.beside(connectionsWanted, connectionsLeast),
    silentMaxMs: silentMsMax,
  });
  return {
    pool,
    sql: sqlOf(pool),
    transact: (work) => inTransaction(pool, (client) => work(sqlOf(client))),
    listen: (channel) => listenTo({ ...channel, pool, logger }),
    close: () => pool.end(),
  };
};
