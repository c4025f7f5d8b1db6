import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outboxRelay } from '@plenum/runtime';
import { pursesTopic } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestStore } from './testing/open-test-store.ts';

const at = { topic: pursesTopic.name, partition: 1 };
const moved = { read: 5, applied: 5, duplicates: 0, notForIt: 0, parked: 0 };

test('the outbox relay goes to the start of an outbox that is another one than before', async (t) => {
  const { url, pool } = await testDatabase(t);
  const before = await openTestStore(t, url);
  await pool.query('update plenum_store.log_head set next_offset = 5');
  await before.checkpoints.transact(outboxRelay, at, (tx) => tx.advance(5n, moved));
  const again = await openTestStore(t, url);
  assert.equal(await again.checkpoints.position(outboxRelay, at), 5n, 'of the same one it stays where it is');
  await again.close();
  await before.close();

  await pool.query('drop schema plenum_store cascade');
  const { checkpoints } = await openTestStore(t, url);
  const { next, counters } = await checkpoints.transact(outboxRelay, at, async (tx) => tx.checkpoint);
  assert.deepEqual([next, counters.read], [0n, 0]);
});
