import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { buildOf, defineProjection, type Row, type Table } from '@plenum/read-model';
import { Poison, type ReadModelTransaction } from '@plenum/runtime';
import fc from 'fast-check';
import type pg from 'pg';
import { silentLogger } from '../testing/index.ts';
import { testDatabase } from '../testing/test-database.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';
import { repeatedValuesOf } from './repeated-values.ts';

const about = 'For tests.';

const said: Table = {
  name: 'said',
  about,
  columns: {
    time: { type: 'timestamptz', about },
    who: { type: 'text', about },
    unit: { type: 'text', nullable: true, about },
    place: { type: 'jsonb', about },
    floor: { type: 'integer', nullable: true, about },
    value: { type: 'bigint', about },
  },
  key: ['time', 'who'],
  indexes: [['who', 'time']],
  partitionedBy: 'time',
  repeated: { who: ['who'], from: ['who', 'unit', 'place', 'floor'] },
};

const build = buildOf(
  defineProjection<Row>({
    ...{ name: 'spoken', version: 1, about, topics: ['said'], folds: [] },
    ...{ entry: () => undefined, ledger: said },
  }),
);

const partitions = [0, 1].map((partition) => ({ topic: 'said', partition }));

const spoken = async (t: TestContext, connectionsMax = 2) => {
  const { pool } = await testDatabase(t, { connectionsMax });
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  await store.prepare(build, partitions);
  const transact = <T>(partition: number, work: (tx: ReadModelTransaction) => Promise<T>): Promise<T> =>
    store.transact(build, { topic: 'said', partition }, work);
  const shown = async () =>
    (
      await pool.query<Row>(
        `select (extract(epoch from time) * 1000000)::bigint::text as time, who, unit, place, floor, value::text
           from public.said order by said.value, who`,
      )
    ).rows;
  const counted = async (table: string): Promise<number> =>
    Number((await pool.query(`select count(*) as rows from spoken_v1_g1.${table}`)).rows[0]?.rows);
  return { pool, transact, shown, counted };
};

const row = (value: number, given: Row = {}): Row => ({
  ...{ time: Date.UTC(2026, 2, 4) * 1000 + value, who: 'a', unit: 'C', place: '{"x":1}', floor: 2 },
  ...{ value: BigInt(value), ...given },
});

it('shows rows as they were put in, whatever the values, and keeps each combination of them once', async (t) => {
  const { transact, shown, counted } = await spoken(t);
  const aText = fc.constantFrom('', 'null', 'NULL', "'", '\\', '\\x', '1:a', ',', 'é', '"', 'x'.repeat(9_000));
  const aRow = fc.record({
    who: aText,
    unit: fc.option(aText, { nil: undefined }),
    place: fc.constantFrom('{"x": 1}', '[]', `"${'y'.repeat(9_000)}"`),
    floor: fc.option(fc.integer({ min: -1, max: 1 }), { nil: undefined }),
  });
  const all: Row[] = [];
  const combinations = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(aRow, { minLength: 1, maxLength: 20 }), async (given) => {
      const rows = given.map((values, index) => row(all.length + index, values));
      await transact(0, (tx) => tx.insertNew(said, rows));
      all.push(...rows);
      for (const { who, unit, place, floor } of given)
        combinations.add(JSON.stringify([who, unit ?? null, place, floor ?? null]));
    }),
    { numRuns: 20 },
  );
  const expected = all.map(({ time, who, unit, place, floor, value }) => {
    return {
      time: String(time),
      who,
      unit: unit ?? null,
      place: JSON.parse(String(place)),
      floor: floor ?? null,
      value: String(value),
    };
  });
  assert.deepEqual(await shown(), expected);
  assert.equal(await counted('said_who'), new Set(all.map(({ who }) => who)).size);
  assert.equal(await counted('said_from'), combinations.size);
});

it('knows a key again though the other values have changed', async (t) => {
  const { transact, shown } = await spoken(t);
  await transact(0, (tx) => tx.insertNew(said, [row(1)]));
  const again = [row(1, { unit: 'F' }), row(1, { who: 'b' })];
  assert.deepEqual(await transact(0, (tx) => tx.insertNew(said, again)), [false, true]);
  assert.deepEqual(
    (await shown()).map(({ who, unit }) => `${who} ${unit}`),
    ['a C', 'b C'],
  );
});

it('forgets what a transaction or an attempt learned that did not last', async (t) => {
  const { transact, shown } = await spoken(t, 1);
  const undone = new Error('undone');
  await assert.rejects(
    transact(0, async (tx) => {
      await tx.insertNew(said, [row(1)]);
      throw undone;
    }),
    undone,
  );
  await transact(0, async (tx) => {
    const poison = [row(1, { who: 'b' }), row(2, { place: 'no JSON' })];
    await assert.rejects(
      tx.attempt(() => tx.insertNew(said, poison)),
      (error) => error instanceof Poison && error.code === '22P02',
    );
    await assert.rejects(
      tx.attempt(async () => {
        await tx.insertNew(said, [row(1, { who: 'c' })]);
        throw undone;
      }),
      undone,
    );
    await tx.insertNew(said, [row(1), row(1, { who: 'b' }), row(1, { who: 'c' })]);
  });
  assert.deepEqual(
    (await shown()).map(({ who }) => who),
    ['a', 'b', 'c'],
  );
});

it('gives a value one number when two transactions bring it at once', async (t) => {
  const { transact, shown, counted } = await spoken(t);
  const inFirst = Promise.withResolvers<void>();
  const first = transact(0, async (tx) => {
    await tx.insertNew(said, [row(1), row(1, { who: 'b' })]);
    inFirst.resolve();
  });
  await inFirst.promise;
  await Promise.all([first, transact(1, (tx) => tx.insertNew(said, [row(2, { who: 'b' }), row(2)]))]);
  assert.deepEqual([await counted('said_who'), await counted('said_from'), (await shown()).length], [2, 2, 4]);
});

it('takes what another connection learned, unless that was before it was made', async (t) => {
  const { pool } = await spoken(t, 4);
  const valuesOn = repeatedValuesOf(pool);
  const known = (client: pg.ClientBase) => valuesOn(client, 'spoken_v1_g1').known(said, rows) !== undefined;
  const rows = [row(1), row(2, { who: 'b' })];
  // One that is there already says nothing of when it was made, so it counts from its first use.
  const clients = [await pool.connect(), await pool.connect(), await pool.connect()] as const;
  const [there, older, first] = clients;
  known(there);
  const learning = valuesOn(first, 'spoken_v1_g1');
  const between = await pool.connect();
  await learning.learn(async (statement) => (await first.query<unknown[]>(statement)).rows, said, rows);
  const before = [there, older, first, between].map(known);
  learning.keep();
  const after = [there, older, first, between].map(known);
  for (const client of [...clients, between]) client.release();
  assert.deepEqual(before, [false, false, false, false]);
  assert.deepEqual(after, [true, true, true, false]);
});
