/** How soon autovacuum comes to the tables of builds and of consumers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { thingsProjection } from '@plenum/runtime/testing';
import { schemaOf } from './names.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const timeout = 60_000;
const at = { topic: 'things', partition: 0 };

test('it comes seldom to checkpoints and to tables of a build, each of its months too', { timeout }, async (t) => {
  const { pool } = await testDatabase(t);
  const nowMs = Date.UTC(2026, 10, 21);
  const store = postgresReadModelStore({ pool, logger: silentLogger, nowMs: () => nowMs });
  await store.prepare(thingsProjection, [at]);
  const table = thingsProjection.ledger ?? assert.fail('the projection has a ledger');
  const time = Date.UTC(2026, 11, 3) * 1000;
  const row = { event_id: '00000000-0000-7000-8000-000000000001', thing: 't', value: 1, time, note: undefined };
  await store.transact(thingsProjection, at, async (tx) => {
    await tx.insertNew(table, [{ ...row, log_partition: 0, log_offset: 0n }]);
  });

  const { rows } = await pool.query<{ name: string; options: readonly string[] | null }>(
    `select relname as name, reloptions as options from pg_class
      where relkind = 'r' and (relnamespace = $1::regnamespace or oid = 'plenum.checkpoint'::regclass)`,
    [schemaOf(thingsProjection)],
  );
  const added = ['autovacuum_analyze_threshold=50000', 'autovacuum_vacuum_insert_threshold=50000'];
  const state = [...added, 'autovacuum_vacuum_threshold=5000', 'fillfactor=70'];
  assert.deepEqual(Object.fromEntries(rows.map(({ name, options }) => [name, options?.toSorted()])), {
    things_2026_11: added,
    things_2026_12: added,
    things_default: added,
    things_latest: state,
    things_minutes: state,
    // Filled once, in the first minutes, and what is known of it counts where many values are joined.
    things_thing: undefined,
    checkpoint: [
      'autovacuum_analyze_threshold=1000000',
      'autovacuum_vacuum_scale_factor=0',
      'autovacuum_vacuum_threshold=1000',
      'fillfactor=10',
    ],
  });
});
