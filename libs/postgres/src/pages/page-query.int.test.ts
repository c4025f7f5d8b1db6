import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sqlTypes } from '../sql-types.ts';
import { testDatabase } from '../testing/test-database.ts';
import { type PageBounds, pageReader, portionRowsMax } from './page-query.ts';

type Row = { readonly id: number; readonly body: string };

/** Rows of `bytes` characters each; one connection, so that what a page leaves behind is met by the next. */
const text = 'select id, repeat($2::text, $3::int) as body from generate_series($1::int, 100000) id limit $4';
const bounds = { smallBytes: 10_000, bytesMax: 100_000, types: sqlTypes() };

const pager = async (t: TestContext, more: Partial<PageBounds> = {}) => {
  const { pool } = await testDatabase(t);
  const reading = { growing: 0, grown: 0 };
  const grow = () => {
    reading.growing += 1;
    return () => {
      reading.grown += 1;
    };
  };
  const read = pageReader(pool, { ...bounds, grow, ...more });
  const page = (from: number, bytes: number, rowsMax: number) =>
    read<Row>({ name: 'page', text, values: [from, 'x', bytes, rowsMax] }, rowsMax);
  return { pool, page, reading, read };
};

test('a page of small rows is what the server answers, in one portion or in several', async (t) => {
  const { page, reading } = await pager(t);
  for (const rowsMax of [1, portionRowsMax, portionRowsMax + 1, 3 * portionRowsMax]) {
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
      Array.from({ length: rows.length }, (_, index) => index + 7),
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
  assert.deepEqual([one.length, one.isCut, one.at(0)?.body.length], [1, true, 1_000_000]);
  const last = await page(100_000, 1_000_000, 100);
  assert.deepEqual([last.length, last.isCut], [1, false], 'nothing comes after it');
});

test('of a long list a portion is read beyond what is kept, and the next time less', async (t) => {
  const { pool, page, read } = await pager(t);
  await pool.query('create sequence made');
  const counting = `select nextval('made') as id, repeat('x', 90000) as body from generate_series(1, 100000) limit $1`;
  const made = async (): Promise<number> => {
    const { rows } = await pool.query<{ last_value: string }>('select last_value from made');
    return Number(rows[0]?.last_value);
  };
  for (const rowsMax of [5_000, 100]) {
    const before = await made();
    const rows = await read<Row>({ name: 'counting', text: counting, values: [rowsMax] }, rowsMax);
    const taken = (await made()) - before;
    assert.deepEqual([rows.length, rows.isCut], [1, true]);
    assert.ok(rowsMax === 5_000 ? taken <= portionRowsMax : taken <= 12, `${taken} for a page of 1`);
  }
  assert.equal((await page(1, 1, 5)).length, 5, 'and the connection is good for the next');
});

test("an error in a later portion is the page's, and capacity that it took is given back", async (t) => {
  const { page, read, reading } = await pager(t);
  const failing = `select 1 / (300 - id) as x, repeat($1, 100) from generate_series(1, 500) id limit $2`;
  await assert.rejects(read({ name: 'failing', text: failing, values: ['x', 500] }, 500), { code: '22012' });
  assert.deepEqual(reading, { growing: 1, grown: 1 });
  assert.equal((await page(1, 1, 5)).length, 5);
});

test('a column becomes what its type is said to become', async (t) => {
  const { read } = await pager(t, { types: sqlTypes((text) => ({ kept: text })) });
  const columns = `select '{"a": 1}'::jsonb as b, '{"a": 1}'::json as j, 1.5::float8 as f, true as t limit $1`;
  const [row] = await read({ name: 'columns', text: columns, values: [1] }, 1);
  assert.deepEqual(Object.assign({}, row), { b: { kept: '{"a": 1}' }, j: { kept: '{"a": 1}' }, f: 1.5, t: true });
});
