import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Weather } from '@plenum/runtime';
import { openPool, query } from './pool.ts';
import { testServer } from './testing/test-server.ts';

test('a connection that says nothing for too long is cut, and the next query has another', async (t) => {
  const { url } = await testServer(t);
  const pool = openPool({ url, applicationName: 'impatient', connectionsMax: 1, silentMaxMs: 200 });
  t.after(() => pool.end());
  await assert.rejects(
    query(pool, 'select pg_sleep(600)'),
    (error) => error instanceof Weather && error.code === 'ETIMEDOUT' && /silent for 200 ms/.test(error.message),
  );
  assert.deepEqual(await query(pool, 'select 1 as one'), [{ one: 1 }]);
});
