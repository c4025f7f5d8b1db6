import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type PageBounds, portionRows, queryPage } from './page-query.ts';
import { testDatabase } from './testing/test-database.ts';

type Row = { readonly id: number; readonly body: string };

/** Rows of `bytes` characters each; one connection, so that what a page leaves behind is met by the next. */
const text = 'select id, repeat($2::text, $3::int) as body from generate_series($1::int, 100000) id limit $4';
const bounds = { smallBytes: 10_000, bytesMax: 100_000 };

const pager = async (t: TestContext, more: Partial<PageBounds> = {}) => {
  const { pool } = await testDatabase(t);
  const reading = { growing: 0, grown: 0 };
  const grow = () => {
    reading.growing += 1;
    return () => {
      reading.grown += 1;
    };
  };
  const page = (from: number, bytes: number, rowsMax: number) =>
    queryPage<Row>(
      pool,
      { name: 'page', text, values: [from, 'x', bytes, rowsMax] },
      { ...bounds, grow, ...more, rowsMax },
    );
  return { pool, page, reading };
};

test('a page of small rows is what the server answers, in one portion or in several', async (t) => {
  const { page, reading } = await pager(t);
  for (const rowsMax of [1, portionRows, portionRows + 1, 3 * portionRows]) {
    const rows = await page(1, 1, rowsMax);
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: rowsMax }, (_, index) => index + 1),
    );
    assert.deepEqual([rows.bytes, rows.isCut], [undefined, undefined]);
  }
  assert.equal((await page(100_000, 1, 500)).length, 1, 'the list ends by itself');
  assert.deepEqual(reading, { growing: 0, grown: 0 });
});

test('a page ends where its bytes are full, and going on after its last row skips none', async (t) => {
  const { page, reading } = await pager(t);
  for (const [bytes, rowsMax] of [
    [3_000, 100],
    [3_000, 2_000],
  ] as const) {
    const rows = await page(7, bytes, rowsMax);
    assert.ok(rows.isCut === true && (rows.bytes ?? 0) <= bounds.bytesMax && (rows.bytes ?? 0) > 90_000);
    assert.deepEqual(
      rows.map(({ id }) => id),
      rows.map((_, index) => index + 7),
    );
    const [next] = await page(7 + rows.length, bytes, rowsMax);
    assert.equal(next?.id, 7 + rows.length);
  }
  assert.ok(reading.growing === 4 && reading.grown === 4, JSON.stringify(reading));
});

test('where nothing may grow, a page stays small; and one row comes always', async (t) => {
  const { page } = await pager(t, { grow: () => undefined });
  const small = await page(1, 3_000, 100);
  assert.deepEqual([small.length, small.isCut], [3, true]);
  const one = await page(1, 1_000_000, 100);
  assert.deepEqual([one.length, one.isCut, one[0]?.body.length], [1, true, 1_000_000]);
  const last = await page(100_000, 1_000_000, 100);
  assert.deepEqual([last.length, last.isCut], [1, false], 'nothing comes after it');
});

test('of a long list no more than a portion is read beyond what is kept', async (t) => {
  const { pool, page } = await pager(t);
  await pool.query('create sequence made');
  const counting = `select nextval('made') as id, repeat('x', 10000) as body from generate_series(1, 100000) limit $1`;
  const statement = { name: 'counting', text: counting, values: [5_000] };
  const rows = await queryPage<Row>(pool, statement, { ...bounds, grow: () => () => undefined, rowsMax: 5_000 });
  const { rows: made } = await pool.query<{ last_value: string }>('select last_value from made');
  assert.ok(rows.length < 11 && Number(made[0]?.last_value) <= portionRows, JSON.stringify(made));
  assert.equal((await page(1, 1, 5)).length, 5, 'and the connection is good for the next');
});

test("an error in a later portion is the page's, and room that it took is given back", async (t) => {
  const { pool, page, reading } = await pager(t);
  const failing = {
    name: 'failing',
    text: 'select 1 / (300 - id) as x, repeat($1, 100) from generate_series(1, 500) id limit $2',
    values: ['x', 500],
  };
  const grow = () => {
    reading.growing += 1;
    return () => {
      reading.grown += 1;
    };
  };
  await assert.rejects(queryPage(pool, failing, { ...bounds, grow, rowsMax: 500 }), { code: '22012' });
  assert.deepEqual(reading, { growing: 1, grown: 1 });
  assert.equal((await page(1, 1, 5)).length, 5);
});
