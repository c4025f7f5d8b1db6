import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatTimeUs } from '@plenum/event';
import { binsOf } from '@plenum/read-model';
import fc from 'fast-check';
import { testDatabase } from '../testing/test-database.ts';

it('puts a time into the same interval here and in the database, whatever width intervals have', async (t) => {
  const { pool } = await testDatabase(t);
  const aTime = fc.integer({ min: Date.UTC(1901, 0), max: Date.UTC(9999, 11) }).map((ms) => ms * 1000 + 7);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 60, 7), aTime, async (seconds, timeUs) => {
      const { startOf, part } = binsOf(seconds);
      const { rows } = await pool.query<{ us: string }>(
        `select (extract(epoch from ${startOf('$1::timestamptz')}) * 1000000)::bigint as us`,
        [formatTimeUs(timeUs)],
      );
      assert.equal(part('at').of({ at: timeUs }), Number(rows[0]?.us));
    }),
    { numRuns: 50 },
  );
});
