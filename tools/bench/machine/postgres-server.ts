/** The PostgreSQL server of the measurements: the embedded one, with the settings that Plenum gives it, fsync and all. */
import path from 'node:path';
import { startEmbedded } from '@plenum/embedded-postgres';
import { openPool } from '@plenum/postgres';
import { loudLogger } from './place.ts';
import type { Watched } from './usage.ts';

export type PostgresServer = {
  readonly watched: () => Watched;
  /** The URL of a database, which need not be there yet. */
  urlOf(database: string): string;
  /** An empty database under this name, whatever was there. */
  emptyDatabase(name: string): Promise<string>;
  hasDatabase(name: string): Promise<boolean>;
  /** Runs one statement on the server. */
  run(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
};

export const startPostgresServer = async (cacheDirectory: string): Promise<PostgresServer> => {
  const dataDir = path.join(cacheDirectory, 'postgres');
  const server = await startEmbedded({ dataDir, port: 0, logger: loudLogger });
  const urlOf = (database: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const run = async (sql: string, database = 'plenum'): Promise<readonly Record<string, unknown>[]> => {
    const pool = openPool({ url: urlOf(database), applicationName: 'bench', connectionsMax: 1 });
    try {
      return (await pool.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await pool.end();
    }
  };
  return {
    watched: () => {
      const pid = server.pid();
      if (pid === undefined) throw new Error('PostgreSQL is not running');
      return { name: 'postgres', pid, family: true };
    },
    urlOf,
    emptyDatabase: async (name) => {
      await run(`drop database if exists ${name} with (force)`);
      await run(`create database ${name}`);
      return urlOf(name);
    },
    hasDatabase: async (name) => (await run(`select 1 from pg_database where datname = '${name}'`)).length > 0,
    run,
    stop: server.stop,
  };
};
