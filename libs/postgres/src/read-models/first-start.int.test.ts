import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrateLog } from '../log/migrate-log.ts';
import { openPool } from '../pool.ts';
import { testDatabase } from '../testing/test-database.ts';
import { feedFrom } from './fed-by.ts';

/** Each with a session of its own that has made the log before, and so knows its way around. */
const processes = 8;

test('processes that start at once on an empty database agree', async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const { url } = await testDatabase(t);
    const pools = Array.from({ length: processes }, () =>
      openPool({ url, applicationName: 'test', connectionsMax: 1 }),
    );
    t.after(() => Promise.all(pools.map((pool) => pool.end())));
    await Promise.all(pools.map((pool) => migrateLog({ pool, schema: 'plenum_log' })));
    const made = await Promise.all(pools.map((pool) => feedFrom(pool, 'postgres')));
    assert.deepEqual(new Set(made), new Set(['postgres']));
  }
});
