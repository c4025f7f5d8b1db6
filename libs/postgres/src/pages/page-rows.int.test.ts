/** Pages of real rows, against the same rows through the driver. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sqlOf } from '../sql.ts';
import { sqlTypes } from '../sql-types.ts';
import { testDatabase } from '../testing/test-database.ts';
import { pageReader } from './page-query.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 }).map((given) => given.replaceAll('\0', '').toWellFormed());
const row = fc.record({
  t: fc.option(fc.oneof(text, fc.constantFrom('', '"\\/\b\f\n\r\t\u0001\u007f\u2028\u2029😀'))),
  f: fc.option(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(-0, 1e-7, 1e21, 5e-324))),
  i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  n: fc.integer(),
  b: fc.option(fc.boolean()),
  u: fc.option(fc.uuid()),
  z: fc.option(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 })),
  us: fc.constantFrom(0, 1, 10, 1_200, 118_204, 500_000),
  j: fc.option(fc.jsonValue().map((value) => JSON.stringify(value).replaceAll('\\u0000', ''))),
});

test('a page written from its bytes is the page made through objects', async (t) => {
  const { pool } = await testDatabase(t);
  await pool.query(`create table rows (place int, t text, f float8, i int8, n int4, b boolean, u uuid, z timestamptz,
                    j jsonb, a bytea, l text[], e numeric)`);
  const bounds = { smallBytes: 1e6, bytesMax: 1e7, grow: () => undefined, types: sqlTypes() };
  const read = pageReader(pool, bounds);
  const statement = { name: 'all', text: 'select * from rows order by place limit $1', values: [99] };
  const page = { rowsMax: 99, bytesMax: 1e7, head: '[', tail: () => ']' };
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      await pool.query('truncate rows');
      await pool.query(
        `insert into rows select place, t, f, i, n, b, u, to_timestamp(z) + us * interval '1 microsecond', j,
                '\\x00ff', array[t], i::numeric / 7
           from jsonb_to_recordset($1) as r (place int, t text, i int8, n int4, b boolean, u uuid, z int8, us int, j jsonb)
           join unnest($2::float8[]) with ordinality as d (f, number) on d.number = r.place`,
        [
          JSON.stringify(rows.map(({ j, ...one }, index) => ({ ...one, place: index + 1, j: j && JSON.parse(j) }))),
          rows.map(({ f }) => f),
        ],
      );
      const taken = await read(statement, 99);
      const json = Buffer.from(taken.writeJson?.(page) ?? '').toString();
      const objects = await sqlOf(pool)(statement.text, statement.values);
      assert.equal(objects.length, rows.length);
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(objects)));
      assert.deepEqual(
        [...taken],
        objects.map((one) => Object.assign({}, one)),
      );
    }),
    { numRuns: 60 },
  );
});
