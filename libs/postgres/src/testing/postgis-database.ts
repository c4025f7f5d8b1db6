/** A database for one test on a PostgreSQL that has PostGIS, which npm's has not. */
import type { TestContext } from 'node:test';
import { postgisBinaries, startRunServer } from '@plenum/embedded-postgres/testing';
import { databaseOn, onServer, type TestDatabase, type TestDatabaseSettings, withDatabase } from './test-database.ts';

export type PostgisDatabaseSettings = TestDatabaseSettings & {
  /** Whether `create extension postgis` was already said there; it was, unless this is `available`. */
  readonly postgis?: 'created' | 'available';
};

/**
 * Like `testDatabase`, on a server that this process starts at the first call and that ends with it.
 *
 *     describe('distances', { skip: postgisMissing }, () => {
 *       it('are those of PostGIS', async (t) => {
 *         const { pool } = await postgisDatabase(t);
 */
export const postgisDatabase = async (
  t: TestContext,
  settings: PostgisDatabaseSettings = {},
): Promise<TestDatabase> => {
  const { postgis = 'created', ...more } = settings;
  server ??= startServer();
  return databaseOn(t, await server, { ...more, ...(postgis === 'created' && { template }) });
};

let server: Promise<string> | undefined;

/** Copying a database with the extension takes a fifth of the time that creating the extension does. */
const template = 'with_postgis';

const startServer = async (): Promise<string> => {
  const { url } = await startRunServer(postgisBinaries());
  await onServer(url, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) await client.query(`create database ${template}`);
  });
  await onServer(withDatabase(url, template), (client) => client.query('create extension if not exists postgis'));
  return url;
};
