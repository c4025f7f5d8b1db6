/** What the store's own tests are opened with. */
import type { TestContext } from 'node:test';
import { pursesCodec, pursesInline, pursesTopic } from '@plenum/runtime/testing';
import type pg from 'pg';
import { openPool } from '../../pool.ts';
import { silentLogger } from '../../testing/index.ts';
import { type PostgresEventStore, postgresEventStore } from '../postgres-event-store.ts';

/** The store at this URL as a process of its own would have it; closed after the test, or earlier by the test. */
export const openTestStore = async (
  t: TestContext,
  url: string,
): Promise<PostgresEventStore & { readonly pool: pg.Pool }> => {
  const pool = openPool({ url, applicationName: 'store under test', connectionsMax: 6 });
  let store: PostgresEventStore | undefined;
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await store?.close();
    await pool.end();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  t.after(close);
  const purses = { topics: [pursesTopic], codec: pursesCodec, inline: [pursesInline] };
  store = await postgresEventStore({ pool, ...purses, logger: silentLogger });
  return { ...store, pool, close };
};

/** Every row that is not the store's log. */
export const storeRows = async (pool: pg.Pool): Promise<unknown> => {
  const tables = {
    ...{
      stream: 'stream',
      stream_event: 'stream, version',
      command: 'command_id',
      request: 'key',
      reservation: 'name',
    },
  };
  const rows: Record<string, unknown> = {};
  for (const [table, order] of Object.entries(tables)) {
    rows[table] = (await pool.query(`select * from plenum_store.${table} order by ${order}`)).rows;
  }
  return rows;
};
