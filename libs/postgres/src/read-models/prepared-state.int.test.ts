import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { thingsProjection } from '@plenum/runtime/testing';
import type pg from 'pg';
import { lockTables } from '../consumers/consumer-tables.ts';
import { openPool } from '../pool.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const at = { topic: 'things', partition: 0 };
const timeout = 60_000;

/** How many statements a new process sends to prepare it. */
const statementsToPrepare = async (url: string, partitions = [at]): Promise<number> => {
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 1 });
  let statements = 0;
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    Object.assign(client, {
      query: (...parameters: unknown[]) => {
        statements += 1;
        return query(...parameters);
      },
    });
  });
  try {
    await postgresReadModelStore({ pool, logger: silentLogger }).prepare(thingsProjection, partitions);
    return statements;
  } finally {
    await pool.end();
  }
};

test('what is there as declared is prepared by looking, and waits for nobody', { timeout }, async (t) => {
  const { url, pool } = await testDatabase(t);
  await statementsToPrepare(url);
  const holder: pg.PoolClient = await pool.connect();
  try {
    await holder.query('begin');
    await lockTables(holder);
    assert.equal(await statementsToPrepare(url), 2);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
});

test('whatever of it is missing is made', { timeout }, async (t) => {
  const { url, pool } = await testDatabase(t);
  await statementsToPrepare(url);
  const damages = [
    'drop index plenum.parked_by_key',
    'delete from plenum.checkpoint',
    'alter table plenum.checkpoint reset (autovacuum_analyze_threshold)',
  ];
  for (const damage of damages) {
    await pool.query(damage);
    assert.ok((await statementsToPrepare(url)) > 2, damage);
    assert.equal(await statementsToPrepare(url), 2, damage);
  }
  assert.ok((await statementsToPrepare(url, [at, { ...at, partition: 1 }])) > 2, 'another partition');
  const { rows } = await pool.query('select part from plenum.checkpoint order by part');
  assert.deepEqual(rows, [{ part: 0 }, { part: 1 }]);
});
