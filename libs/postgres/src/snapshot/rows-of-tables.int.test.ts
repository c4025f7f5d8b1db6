/** Rows of tables as an export has them: whatever is in them and however it is kept, what comes out is what went in. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { buildOf, type Columns, defineProjection, type Row, type Table } from '@plenum/read-model';
import { type ExportColumn, type ExportRow, type RowsQuery, rowsOfBatch } from '@plenum/runtime';
import fc from 'fast-check';
import { postgresReadModelStore } from '../read-models/postgres-read-model-store.ts';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { postgresSnapshotStore } from './postgres-snapshot-store.ts';

const about = 'For tests.';

const columns = {
  time: { type: 'timestamptz', about },
  who: { type: 'text', about },
  unit: { type: 'text', nullable: true, about },
  place: { type: 'jsonb', nullable: true, about },
  floor: { type: 'integer', nullable: true, about },
  room: { type: 'uuid', nullable: true, about },
  is_on: { type: 'boolean', nullable: true, about },
  rank: { type: 'bigint', nullable: true, about },
  value: { type: 'double precision', nullable: true, about },
  seen: { type: 'timestamptz', nullable: true, about },
} as const satisfies Columns;

const plain: Table = { name: 'said', about, columns, key: ['time', 'who'] };

const repeating: Table = {
  ...plain,
  repeated: { who: ['who'], from: ['who', 'unit', 'place', 'floor', 'room', 'is_on', 'rank'] },
};

const wanted: readonly ExportColumn[] = Object.entries<(typeof columns)[keyof typeof columns] & { nullable?: true }>(
  columns,
).map(([name, { type, nullable = false }]) => ({ name, type, nullable }));

const filled = async (t: TestContext, table: Table, rows: readonly Row[]) => {
  const { pool } = await testDatabase(t, { connectionsMax: 2 });
  const models = postgresReadModelStore({ pool, logger: silentLogger });
  const build = buildOf(
    defineProjection<Row>({
      ...{ name: 'spoken', version: 1, about, topics: ['said'], folds: [] },
      ...{ entry: () => undefined, ledger: table },
    }),
  );
  const at = { topic: 'said', partition: 0 };
  await models.prepare(build, [at]);
  const put = (more: readonly Row[]) => models.transact(build, at, (tx) => tx.insertNew(table, more));
  await put(rows);
  const snapshots = postgresSnapshotStore({ pool });
  /** As columns, as CSV, and how many are estimated. */
  const asked = (given: Partial<RowsQuery> = {}) =>
    snapshots.readSnapshot([build], async ({ columns: batches, csv, estimate }) => {
      const query = { table, columns: wanted, where: 'true', parameters: [], orderBy: 't.time, t.who', ...given };
      const found: ExportRow[] = [];
      for await (const batch of batches(query)) found.push(...rowsOfBatch(query.columns, batch));
      let text = '';
      for await (const bytes of csv(query)) text += Buffer.from(bytes).toString();
      return { found, text, estimated: await estimate(query) };
    });
  return { put, asked };
};

const text = fc.constantFrom('', 'null', "'", '\\', ',', '"', 'é', '😀', 'two\nlines', 'x'.repeat(9_000));
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const timeUs = Date.UTC(2026, 2, 4) * 1_000;

const given: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    ...{ who: text, unit: maybe(text), place: maybe(fc.constantFrom('{"x": 1}', '[]', 'null')) },
    ...{ floor: maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), room: maybe(fc.uuid()) },
    ...{ is_on: maybe(fc.boolean()), rank: maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })) },
    value: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
    seen: maybe(fc.integer({ min: -8_000_000_000_000_000, max: 9_000_000_000_000_000 })),
  }),
  { maxLength: 12 },
);

const valuesOf = (rows: readonly Row[]): readonly ExportRow[] =>
  rows.map((row) => wanted.map(({ name }) => row[name] as ExportRow[number]));

describe('rows of a table', () => {
  for (const [how, table] of [
    ['as they are', plain],
    ['with repeated values once', repeating],
  ] as const) {
    it(`come out as they went in, where they are kept ${how}`, async (t) => {
      const { put, asked } = await filled(t, table, []);
      assert.deepEqual((await asked()).found, []);
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(given, async (some) => {
          const fromUs = timeUs + (runs += 1) * 1_000;
          const rows = some.map((row, index) => ({ ...row, time: fromUs + index }));
          await put(rows);
          const these = {
            where: 't.time >= to_timestamp($1::bigint / 1000000.0)',
            parameters: [fromUs],
          };
          assert.deepEqual((await asked(these)).found, valuesOf(rows));
          const few = wanted.filter(({ name }) => name === 'rank' || name === 'seen');
          const { found } = await asked({ ...these, columns: few, orderBy: 't.time desc' });
          assert.deepEqual(
            found,
            valuesOf(rows.toReversed()).map((row) => [row[7], row[9]]),
          );
        }),
        { numRuns: 30 },
      );
    });

    it(`are found and written as CSV, where they are kept ${how}`, async (t) => {
      const hostile = 'a\'; drop table said; -- \\ "b", $1\n';
      const row = { time: timeUs, who: hostile, place: '{"a": 1}', rank: 7n, value: 0.5, is_on: true };
      const { asked } = await filled(t, table, [
        { ...row, seen: Date.parse('1744-03-04T00:00:00Z') * 1_000 },
        { ...row, who: 'b', unit: '' },
      ]);
      const { found, text, estimated } = await asked({
        where: 't.who = $1::text and t.rank = $2::bigint',
        parameters: [hostile, 7],
      });
      assert.deepEqual(
        found.map(([, who]) => who),
        [hostile],
      );
      assert.equal(
        text,
        'time,who,unit,place,floor,room,is_on,rank,value,seen\n2026-03-04T00:00:00.000000Z,"a\'; drop table said; -- \\ ""b"", $1\n",,"{""a"": 1}",,,true,7,0.5,1744-03-04T00:00:00.000000Z\n',
      );
      assert.ok(Number.isInteger(estimated) && estimated >= 1);
      assert.match((await asked()).text, /,b,"",/);
    });
  }

  it('come out where there are more combinations of values than are held in memory', async (t) => {
    const rows = Array.from({ length: 16_385 }, (_, index): Row => {
      return { time: timeUs + index, who: `${index % 3}`, unit: `${index}`, floor: index };
    });
    const { asked } = await filled(t, repeating, rows);
    const { found } = await asked();
    assert.deepEqual(found, valuesOf(rows));
  });

  it('come out of tables of a version that kept every value in its row', async (t) => {
    const rows: readonly Row[] = [{ time: timeUs, who: 'a', unit: 'C', floor: 2 }];
    const { asked } = await filled(t, plain, rows);
    assert.deepEqual((await asked({ table: repeating })).found, valuesOf(rows));
  });
});
