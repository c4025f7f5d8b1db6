/** A process has several pools, and replicas; a server has only so many connections for all of them together. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openPool, query } from '@plenum/postgres';
import { testServer } from '@plenum/postgres/testing';
import { startApi } from './testing/api-process.ts';

test('all pools of an API leave connections free on a small server', async (t) => {
  const server = await testServer(t, { flags: ['max_connections=23', 'superuser_reserved_connections=3'] });
  const secret = (): string => randomBytes(32).toString('hex');
  const secrets = { JWT_SECRET: secret(), PLENUM_MASTER_KEY: secret() };
  const api = await startApi(t, { DATABASE_URL: server.url, LOG_LEVEL: 'info', ...secrets });
  const ask = async (path: string, key: string): Promise<number> => {
    const answer = await fetch(`${api}${path}`, { headers: { 'x-api-key': key } });
    await answer.arrayBuffer();
    return answer.status;
  };
  // Each of these asks the database, and none knows of the others: the guards by the key, and the health by itself.
  const statuses = await Promise.all(
    Array.from({ length: 40 }, async () => [await ask('/api/v1/me', secret()), await ask('/health', '')]),
  );
  assert.deepEqual(new Set(statuses.map(([, health]) => health)), new Set([200]));

  const pool = openPool({ url: server.url, applicationName: 'who counts', connectionsMax: 1 });
  t.after(() => pool.end());
  const counts = await query<{ readonly name: string; readonly count: number }>(
    pool,
    `select application_name as name, count(*)::int as count from pg_stat_activity
     where application_name like 'plenum %' or application_name = 'API of a test' group by 1 order by 1`,
  );
  const most: Readonly<Record<string, number>> = {
    'API of a test': 5,
    'plenum authentication': 3,
    'plenum query-api': 2,
  };
  assert.deepEqual(counts.map(({ name }) => name).toSorted(), Object.keys(most).toSorted());
  for (const { name, count } of counts) assert.ok(count <= (most[name] ?? 0), `${name} has ${count}`);
});
