import assert from 'node:assert/strict';
import { it } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { openSessions } from './open-sessions.ts';

const nowMs = 1_750_000_000_000;

it('sessions of a server that has closed are adopted by the next one, and nothing stays open', async (t) => {
  const { url, pool } = await testDatabase(t);
  const parts = { foundation: { database: { url, pool, beside: (asked: number) => asked } }, logger: silentLogger };
  const first = await openSessions(parts);
  await first.store.take({ clientId: 'c', clean: false, expiryMs: 60_000, will: undefined }, nowMs);
  const second = await openSessions(parts);
  assert.notEqual(first.store.owner, second.store.owner);
  assert.deepEqual((await second.store.adopt(nowMs, 0)).sessions, []);
  await first.close();
  const { sessions: adopted } = await second.store.adopt(nowMs, 0);
  assert.deepEqual(
    adopted.map(({ clientId }) => clientId),
    ['c'],
  );
  await second.close();
});
