/** What the log's own tests are opened with. */
import type { TestContext } from 'node:test';
import type pg from 'pg';
import { openPool } from '../../pool.ts';
import { silentLogger } from '../../testing/index.ts';
import { type PostgresLog, type PostgresLogParts, postgresLog } from '../postgres-log.ts';

export const testTopics = [
  { name: 'plenum.contract.one', partitions: 4 },
  { name: 'plenum.contract.two', partitions: 6 },
] as const;

/** The log at this URL as a process of its own would have it; closed after the test, or earlier by the test. */
export const openTestLog = async (
  t: TestContext,
  url: string,
  more: Partial<PostgresLogParts> = {},
): Promise<PostgresLog & { readonly pool: pg.Pool }> => {
  const pool = openPool({ url, applicationName: 'log under test', connectionsMax: 8 });
  let log: PostgresLog | undefined;
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await log?.close();
    await pool.end();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  t.after(close);
  log = await postgresLog({ pool, topics: testTopics, logger: silentLogger, ...more });
  return { ...log, pool, close };
};
