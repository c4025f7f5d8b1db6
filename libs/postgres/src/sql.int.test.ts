import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Poison } from '@plenum/runtime';
import { openPool } from './pool.ts';
import { sqlOf } from './sql.ts';
import { testDatabase } from './testing/test-database.ts';

test('rows come as they are shown, whatever zone and style the database is set to', async (t) => {
  const { url, pool: owner } = await testDatabase(t);
  await owner.query(`do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Kolkata');
    execute format('alter database %I set datestyle = %L', current_database(), 'German'); end $$`);
  const pool = openPool({ url: `${url}?options=-c%20work_mem%3D8MB`, applicationName: 'sql', connectionsMax: 1 });
  t.after(() => pool.end());
  const [row] = await sqlOf(pool)<object>(
    `select '2026-03-04 09:15:02.1182Z'::timestamptz as time, 9007199254740991 as most, sum(2::bigint), null as none,
            '{"a": [1]}'::jsonb as document, '0190A7F0-2222-7abc-8def-000000000001'::uuid as id,
            '\\x01ff'::bytea as bytes, 1e21::float8 as far, true as yes, current_setting('work_mem') as work_mem`,
  );
  assert.deepEqual(
    { ...row },
    {
      ...{ time: '2026-03-04T09:15:02.118200Z', most: 9007199254740991, sum: 2, none: null, document: { a: [1] } },
      ...{ id: '0190a7f0-2222-7abc-8def-000000000001', bytes: Buffer.of(1, 255), far: 1e21, yes: true },
      work_mem: '8MB',
    },
  );
});

test('errors are those of the port', async (t) => {
  const { pool } = await testDatabase(t);
  await assert.rejects(sqlOf(pool)('select 1 / 0'), Poison);
});
