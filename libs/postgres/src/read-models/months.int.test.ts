import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { type ReadModelStore, TransientFailure } from '@plenum/runtime';
import { thingsProjection } from '@plenum/runtime/testing';
import type pg from 'pg';
import { openPool } from '../pool.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const at = { topic: 'things', partition: 0 };
const partitions = [at, { ...at, partition: 1 }, { ...at, partition: 2 }];
const nowMs = Date.UTC(2026, 10, 21);

describe('months', { timeout: 180_000 }, () => {
  it('begin with the one it is, so that the first rows of a new table need no moving', async (t) => {
    const { store, pool } = await opened(t);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_default: 0 });
    await insert(store, ['2026-11-03']);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 1, things_default: 0 });
  });

  it('get a partition when rows of them arrive, if they are near', async (t) => {
    const { store, pool } = await opened(t);
    await insert(store, [
      '2026-11-03',
      '2026-12-31',
      '2027-01-01',
      '2021-11-30',
      '2027-02-01',
      '2021-10-31',
      '1970-01-01',
    ]);
    assert.deepEqual(await partitionSizes(pool), {
      things_2021_11: 1,
      things_2026_11: 1,
      things_2026_12: 1,
      things_2027_01: 1,
      things_default: 3,
    });
    await insert(store, ['2026-11-04', '2106-02-07']);
    const sizes = await partitionSizes(pool);
    assert.deepEqual([sizes.things_2026_11, sizes.things_default], [2, 4]);
  });

  it('take over what the default partition holds of them', async (t) => {
    let now = nowMs;
    const { store, pool } = await opened(t, () => now);
    await insert(store, ['2027-02-01', '2027-02-28', '2027-03-01']);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_default: 3 });
    now = Date.UTC(2026, 11, 1);
    await insert(store, ['2027-02-03']);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_2027_02: 3, things_default: 1 });
    const { rows } = await pool.query('select count(*)::int as count from public.things');
    assert.equal(rows[0].count, 4);
  });

  it('are made once by several processes that write at the same time, and no row is lost or refused', async (t) => {
    const { store, other, pool } = await opened(t);
    const days = Array.from(
      { length: 24 },
      (_, index) => `2026-${String((index % 11) + 1).padStart(2, '0')}-1${index % 10}`,
    );
    const writes = [store, other, store].map(async (writer, partition) => {
      // One row at a time, so that rows meet months that are just being attached.
      for (const [index, day] of days.entries()) {
        await persist(() => insert(writer, [day], { partition, seed: partition * 1_000 + index }));
      }
    });
    await Promise.all(writes);
    const sizes = await partitionSizes(pool);
    assert.equal(
      Object.values(sizes).reduce((sum, size) => sum + size, 0),
      72,
    );
    assert.equal(sizes.things_2026_01, 9);
    const { rows } = await pool.query('select sum(parked)::int as parked from plenum.checkpoint');
    assert.equal(rows[0].parked, 0);
  });

  it('are transient failures, never poison, to a row on its way to the default partition while its month is attached', async (t) => {
    const { store, pool } = await opened(t);
    const rival = await pool.connect();
    try {
      await rival.query('begin; lock table things_v1_g1.things_default in access exclusive mode');
      const insertion = assert.rejects(
        insert(store, ['2026-12-03']),
        (error) => error instanceof TransientFailure && error.code === '23514',
      );
      await waitingForLock(pool);
      await rival.query(`create table things_v1_g1.things_2026_12 (like things_v1_g1.things_rows including all);
        alter table things_v1_g1.things_rows attach partition things_v1_g1.things_2026_12
          for values from ('2026-12-01Z') to ('2027-01-01Z'); commit`);
      await insertion;
    } finally {
      await rival.query('rollback');
      rival.release();
    }
    await insert(store, ['2026-12-03']);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_2026_12: 1, things_default: 0 });
  });

  it('hide no row from a query that comes while they are made', async (t) => {
    let now = nowMs;
    const { store, pool } = await opened(t, () => now);
    const holder = await pool.connect();
    try {
      // The maker of a month gives up after a moment, so on a slow machine it may take another month to see it done.
      for (const month of ['07', '08', '09', '10', '12']) {
        now += 60_000;
        const partition = `things_2026_${month}`;
        await holder.query('begin; lock table things_v1_g1.things_default in access share mode');
        const insertion = insert(store, [`2026-${month}-03`]);
        await Promise.race([waitingForLock(pool), insertion]);
        const { rows: before } = await holder.query('select count(*)::int as count from things_v1_g1.things_default');
        const counted = pool.query('select count(*)::int as count from public.things');
        await Promise.race([waitingForLock(pool, 2), counted]);
        await holder.query('commit');
        await insertion;
        const { rows } = await counted;
        if (!Object.hasOwn(await partitionSizes(pool), partition)) continue;
        assert.deepEqual(rows, before);
        return;
      }
      assert.fail('no month was made');
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  it('wait for a query that reads the default partition, while rows go on coming in', async (t) => {
    let now = nowMs;
    const { store, pool } = await opened(t, () => now);
    const reader = await pool.connect();
    try {
      await reader.query('begin; select * from public.things');
      await insert(store, ['2026-12-03']);
      assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_default: 1 });
    } finally {
      await reader.query('rollback');
      reader.release();
    }
    now += 60_000;
    await insert(store, ['2026-12-04']);
    assert.deepEqual(await partitionSizes(pool), { things_2026_11: 0, things_2026_12: 2, things_default: 0 });
  });
});

const opened = async (t: TestContext, clock = () => nowMs) => {
  const { pool, url } = await testDatabase(t);
  const otherPool = openPool({ url, applicationName: 'other process', connectionsMax: 2 });
  t.after(() => otherPool.end());
  const store = postgresReadModelStore({ pool, logger: silentLogger, nowMs: clock });
  const other = postgresReadModelStore({ pool: otherPool, logger: silentLogger, nowMs: clock });
  await store.prepare(thingsProjection, partitions);
  return { store, other, pool };
};

let seeds = 0;

const insert = (
  store: ReadModelStore,
  days: readonly string[],
  { partition = 0, seed = 0 }: { readonly partition?: number; readonly seed?: number } = {},
): Promise<void> => {
  const rows = days.map((day) => {
    seeds += 1;
    return {
      event_id: `00000000-0000-7000-8000-${(seed === 0 ? seeds : seed + 1_000_000).toString(16).padStart(12, '0')}`,
      thing: 't',
      value: 1,
      time: Date.parse(`${day}T00:00:00Z`) * 1000,
      note: undefined,
      log_partition: partition,
      log_offset: 0n,
    };
  });
  return store.transact(thingsProjection, { ...at, partition }, async (tx) => {
    const table = thingsProjection.ledger ?? assert.fail('the projection has a ledger');
    assert.deepEqual(
      await tx.insertNew(table, rows),
      rows.map(() => true),
    );
  });
};

/** As the loop does: a transient failure, and the same again. */
const persist = async (work: () => Promise<void>): Promise<void> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
    }
  }
};

const partitionSizes = async (pool: pg.Pool): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'things_v1_g1.things_rows'::regclass order by 1`,
  );
  const sizes: Record<string, number> = {};
  for (const { name } of rows) {
    const counted = await pool.query(`select count(*)::int as count from things_v1_g1.${name}`);
    sizes[name] = counted.rows[0].count;
  }
  return sizes;
};

/** Settles when so many sessions wait for a lock. The server is asked again and again; it has no way to notify. */
const waitingForLock = async (pool: pg.Pool, sessions = 1): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query(
      `select pg_sleep(0.005), (select count(*)::int from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as waiting`,
    );
    if (rows[0].waiting >= sessions) return;
  }
};
