import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from './test-database.ts';

test('each test has a database of its own', async (t) => {
  const [one, other] = await Promise.all([testDatabase(t), testDatabase(t)]);
  await one.pool.query('create table thing (a int)');
  await assert.rejects(other.pool.query('select from thing'), { code: '42P01' });
});
