/** How PostgreSQL finds the rows that are changed: a generic plan lasts, whatever was in the table when it was made. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { postgisMissing } from '@plenum/embedded-postgres/testing';
import { postgisDatabase, type TestDatabase, testDatabase } from '@plenum/postgres/testing';
import type { Table } from '@plenum/read-model';
import { tableStatements } from './statements.ts';
import { tableDdl } from './table-ddl.ts';

const about = 'For the tests.';
const table: Table = {
  name: 'counts',
  about,
  columns: {
    name: { type: 'text', about },
    at: { type: 'timestamptz', about },
    count: { type: 'integer', about },
  },
  key: ['name', 'at'],
  indexes: [['count']],
};
const before = { name: 'a', at: 0, count: 0 };
const [change] = tableStatements('plans', table).save([{ ...before, count: 1 }], [before]);

const findsRows = (database: (t: TestContext) => Promise<TestDatabase>): void => {
  for (const there of [undefined, 0, 1, 2, 3, 50, 2_000]) {
    const what = there === undefined ? 'that is new' : `of ${there} rows`;
    it(`are found by one probe each, in the order given, in a table ${what}`, async (t) => {
      const { pool } = await database(t);
      const client = await pool.connect();
      try {
        await client.query('create schema plans');
        for (const ddl of tableDdl('plans', table, { kind: 'state', postgis: undefined })) await client.query(ddl);
        if (there !== undefined) {
          await client.query(`insert into plans.counts select i::text, now(), i from generate_series(1, ${there}) i`);
          await client.query('vacuum analyze plans.counts');
        }
        await client.query(
          `set enable_seqscan = off; set plan_cache_mode = force_generic_plan; prepare change as ${change?.text}`,
        );
        const explain = 'explain (costs off) execute change (null, null, null)';
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(explain);
        assert.deepEqual(
          rows.map((row) => row['QUERY PLAN'].trim().replace(/^-> +/, '')),
          [
            'Merge on counts stored',
            'Nested Loop Left Join',
            'Subquery Scan on changed',
            'Limit',
            'Function Scan on given',
            'Index Scan using counts_pkey on counts stored',
            'Index Cond: ((name = ANY (ARRAY[changed.name])) AND (at = changed.at))',
          ],
        );
      } finally {
        client.release(true);
      }
    });
  }
};

describe('rows that are changed', () => findsRows(testDatabase));

// It is also the oldest PostgreSQL that is used, and joins by other rules than the newest.
describe('rows that are changed where PostGIS is', { skip: postgisMissing }, () => findsRows(postgisDatabase));
