/** A database for one test, on the server of the run. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { runLast, startRunServer } from '@plenum/embedded-postgres/testing';
import pg from 'pg';
import { normaliseUrl, openPool } from '../pool.ts';

export type TestDatabase = {
  readonly url: string;
  /** Ended after the test. */
  readonly pool: pg.Pool;
};

export type TestDatabaseSettings = {
  /** Of `pool`; 5 unless said otherwise. */
  readonly connectionsMax?: number;
};

/**
 * A fresh, empty database with its URL and a pool; dropped after the test.
 *
 *     import { testDatabase } from '@plenum/postgres/testing';
 *
 *     test('a row is kept', async (t) => {
 *       const { pool, url } = await testDatabase(t);
 *       const log = openPostgresLog({ url });   // whatever else opens connections to it
 *       t.after(() => log.close());             // has to close them again:
 *     });                                       // a connection left open fails the test
 *
 * The server is the one in TEST_DATABASE_URL: the run's global set-up puts it there, or you do. A test file that is run
 * by hand starts one for itself, which ends with it. Its `fsync` is off: see `openDatabase`, `allowUnsafeForTests`.
 */
export const testDatabase = async (t: TestContext, settings: TestDatabaseSettings = {}): Promise<TestDatabase> => {
  return databaseOn(t, await serverUrl(), settings);
};

/** The same on another server, as a copy of one of its databases if it names one. */
export const databaseOn = async (
  t: TestContext,
  server: string,
  { connectionsMax = 5, template = 'template1' }: TestDatabaseSettings & { readonly template?: string },
): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`));
  const url = withDatabase(server, name);
  const pool = openPool({ url, applicationName: 'test', connectionsMax });
  runLast(t, async () => {
    await pool.end();
    await dropDatabase(server, name);
  });
  return { url, pool };
};

let ownServer: Promise<string> | undefined;

/** One server for this process, however many tests ask at once. */
const serverUrl = async (): Promise<string> => {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined && given !== '') return normaliseUrl(given);
  // It is never stopped here: no hook runs after the last test of a file, but the end of this process takes it along.
  ownServer ??= startRunServer().then(({ url }) => url);
  return ownServer;
};

export const withDatabase = (server: string, name: string): string => {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
};

export const onServer = async <T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: server, application_name: 'test kit' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

type Session = { readonly application_name: string; readonly state: string; readonly query: string };

/** How long the server may need to notice connections that were closed. */
const graceMs = 2_000;

const dropDatabase = (server: string, name: string): Promise<void> =>
  onServer(server, async (client) => {
    const open = await sessionsLeft(client, name);
    await client.query(`drop database ${name} with (force)`);
    if (open.length === 0) return;
    const list = open.map(
      (session) => `${session.application_name || 'unnamed'} (${session.state}, ${session.query || 'no query yet'})`,
    );
    throw new Error(`The test left ${open.length} connection(s) to its database open: ${list.join(', ')}`);
  });

/** Asks again and again, since a closed connection is gone only when its server process has ended. */
const sessionsLeft = async (client: pg.Client, name: string): Promise<readonly Session[]> => {
  const untilMs = performance.now() + graceMs;
  for (;;) {
    const { rows } = await client.query<Session>(
      `select application_name, state, query from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || performance.now() > untilMs) return rows;
    await client.query('select pg_sleep(0.01)');
  }
};
