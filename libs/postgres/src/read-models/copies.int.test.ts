/** Ledger rows that come again: what it takes to find that out, and who waits for whom. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { buildOf, defineProjection, type Row, type Table } from '@plenum/read-model';
import type { TopicPartition } from '@plenum/runtime';
import type pg from 'pg';
import { askingBatches } from './copies.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const about = 'For tests.';

const ledger: Table = {
  name: 'heard',
  about,
  columns: { time: { type: 'timestamptz', about }, who: { type: 'text', about } },
  key: ['time', 'who'],
  partitionedBy: 'time',
  repeated: { who: ['who'] },
};

const build = buildOf(
  defineProjection<Row>({
    ...{ name: 'hearing', version: 1, about, topics: ['heard'], folds: [] },
    ...{ entry: () => undefined, ledger },
  }),
);

const partitions = [0, 1].map((partition): TopicPartition => ({ topic: 'heard', partition }));
const [first, second] = partitions as [TopicPartition, TopicPartition];

const rowsFrom = (from: number, to: number): readonly Row[] =>
  Array.from({ length: to - from }, (_, index) => ({ time: from + index, who: `w${(from + index) % 3}` }));

const opened = async (t: TestContext) => {
  const { pool } = await testDatabase(t);
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  await store.prepare(build, partitions);
  /** How often the work was called, and how many rows it was told are new. */
  const bring = async (rows: readonly Row[]): Promise<readonly [called: number, fresh: number]> => {
    let called = 0;
    const isNew = await store.transactTogether(build, partitions, (tx) => {
      called += 1;
      return tx.insertNew(ledger, rows);
    });
    return [called, isNew.filter(Boolean).length];
  };
  return { pool, store, bring };
};

it('begins again for the first copy, and for so many batches after the last asks at once', async (t) => {
  const { bring } = await opened(t);
  assert.deepEqual(await bring(rowsFrom(0, 200)), [1, 200]);
  assert.deepEqual(await bring(rowsFrom(199, 300)), [2, 100]);
  assert.deepEqual(await bring(rowsFrom(200, 310)), [1, 10]);
  for (let batch = 0; batch < askingBatches - 1; batch += 1)
    assert.deepEqual(await bring(rowsFrom(1_000 + batch, 1_001 + batch)), [1, 1]);
  assert.deepEqual(await bring(rowsFrom(0, 1)), [1, 0]);
  for (let batch = 0; batch < askingBatches; batch += 1)
    assert.deepEqual(await bring(rowsFrom(2_000 + batch, 2_001 + batch)), [1, 1]);
  assert.deepEqual(await bring(rowsFrom(0, 1)), [2, 0]);
});

for (const [what, isCommitted] of [
  ['knows a row as a copy that another transaction is about to commit', true],
  ['takes a row as new that another transaction takes back', false],
] as const) {
  it(what, async (t) => {
    const { pool, store, bring } = await opened(t);
    // The values are there by then, so what is waited for is the row.
    await bring(rowsFrom(100, 103));
    const inside = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const undone = new Error('undone');
    const holding = store.transact(build, first, async (tx) => {
      await tx.insertNew(ledger, rowsFrom(0, 3));
      inside.resolve();
      await over.promise;
      if (!isCommitted) throw undone;
    });
    await inside.promise;
    const isNew = store.transactTogether(build, [second], (tx) => tx.insertNew(ledger, rowsFrom(2, 4)));
    await waiting(pool);
    over.resolve();
    await (isCommitted ? holding : assert.rejects(holding, undone));
    assert.deepEqual(await isNew, [!isCommitted, true]);
    const { rows } = await pool.query('select count(*)::int as count from public.heard');
    assert.equal(rows[0].count, isCommitted ? 7 : 5);
  });
}

/** Settles when a session waits for a lock. The server is asked again and again; it has no way to notify. */
const waiting = async (pool: pg.Pool): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query(
      `select pg_sleep(0.005), exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as waits`,
    );
    if (rows[0].waits) return;
  }
};
