/** Statements in one packet: all of them are done or none, whatever fails, and the connection goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Poison, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { openPool, query } from '../pool.ts';
import { testDatabase } from '../testing/test-database.ts';
import { inOneTrip } from './one-trip.ts';

const keep = (one: unknown): pg.QueryConfig => ({
  name: 'keep',
  text: 'insert into kept values ($1::int) returning one',
  values: [one],
});
const count: pg.QueryConfig = { name: 'count', text: 'select count(*)::int as kept from kept' };
const server: pg.QueryConfig = { text: 'select pg_backend_pid() as pid' };

/** Over one connection, with an empty table. */
const kept = async (t: Parameters<typeof testDatabase>[0]) => {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'one trip', connectionsMax: 1 });
  t.after(() => pool.end());
  await pool.query('create table kept (one int unique deferrable initially immediate)');
  return { pool, values: async () => (await query<{ one: number }>(pool, 'select * from kept')).map(({ one }) => one) };
};

const rowsOf = (results: readonly pg.QueryResult[]): readonly unknown[] => results.map(({ rows }) => rows);

test('statements are answered in their order, and each sees what those before it wrote', async (t) => {
  const { pool, values } = await kept(t);
  for (const one of [1, 3]) {
    const asArrays = { ...count, rowMode: 'array' as const };
    const came = await inOneTrip(pool, [keep(one), count, keep(one + 1), asArrays]);
    assert.deepEqual(rowsOf(came), [[{ one }], [{ kept: one }], [{ one: one + 1 }], [[one + 1]]]);
  }
  assert.deepEqual(await values(), [1, 2, 3, 4]);
});

test('where one fails nothing is done, and a connection that knows the statements stays', async (t) => {
  const { pool, values } = await kept(t);
  await inOneTrip(pool, [keep(1), count]);
  const [before] = rowsOf(await inOneTrip(pool, [server]));
  await assert.rejects(inOneTrip(pool, [keep(2), keep(1), keep(3), count]), Poison);
  assert.deepEqual(await values(), [1]);
  assert.deepEqual(rowsOf(await inOneTrip(pool, [server, keep(2)])), [before, [{ one: 2 }]]);
});

test('a statement that failed before the server was heard to know it can be asked again', async (t) => {
  const { pool, values } = await kept(t);
  for (let tries = 0; tries < 2; tries += 1) {
    await assert.rejects(inOneTrip(pool, [{ text: 'select 1 / 0' }, keep(1)]), Poison);
    await assert.rejects(inOneTrip(pool, [count, keep(2), keep('none')]), Poison);
  }
  await inOneTrip(pool, [count, keep(1)]);
  assert.deepEqual(await values(), [1]);
});

test('a value that cannot be sent lets nothing be done of what is written already', async (t) => {
  const { pool, values } = await kept(t);
  const circular: { self?: unknown } = {};
  circular.self = circular;
  await assert.rejects(inOneTrip(pool, [keep(1), keep(circular), keep(2)]), /circular/);
  assert.deepEqual(await values(), []);
  await inOneTrip(pool, [keep(1)]);
  assert.deepEqual(await values(), [1]);
});

test('what fails at the commit is not done', async (t) => {
  const { pool, values } = await kept(t);
  const later: pg.QueryConfig = { text: 'set constraints all deferred' };
  await assert.rejects(inOneTrip(pool, [later, keep(1), keep(1)]), Poison);
  assert.deepEqual(await values(), []);
  await inOneTrip(pool, [keep(1)]);
  assert.deepEqual(await values(), [1]);
});

test('when the connection is lost nobody knows, and the next has another', async (t) => {
  const { pool, values } = await kept(t);
  const ended: pg.QueryConfig = { text: 'select pg_terminate_backend(pg_backend_pid())' };
  await assert.rejects(inOneTrip(pool, [keep(1), ended]), TransientFailure);
  assert.deepEqual(await values(), []);
});
