import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { leaseContract } from '@plenum/runtime/testing';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { openPool } from '../pool.ts';
import { testDatabase } from '../testing/index.ts';
import { postgresLeaseStore } from './postgres-lease-store.ts';

/** Longer than a test takes on any machine. */
const longMs = 600_000;

leaseContract('Postgres', async (t) => {
  const { url } = await testDatabase(t);
  return async () => {
    const proxy = await cutProxy(t, url);
    const { store, close } = await openOne(proxy.url);
    return { store, close, cut: () => proxy.cut('at-once') };
  };
});

it('an absent database is a transient failure, and the same store works when it is back', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openStore(t, proxy.url);
  assert.equal((await store.take('n', 'one', longMs)).outcome, 'taken');
  proxy.cut('at-once');
  await assert.rejects(store.take('n', 'one', longMs), TransientFailure);
  proxy.cut('never');
  assert.equal((await store.take('n', 'one', longMs)).outcome, 'taken');
  assert.equal(await store.renew('n', 'one', longMs), true);
});

it('a lease whose holder lost its connection is free long before its time is up, and the holder hears of it', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openStore(t, proxy.url);
  const other = await openStore(t, url);
  let losses = 0;
  const forget = store.onLost?.(() => {
    losses += 1;
  });
  await store.take('n', 'one', longMs);
  proxy.cut('at-once');
  for (;;) {
    const { outcome } = await other.take('n', 'two', longMs);
    if (outcome === 'taken') break; // The server closes a connection in its own time, and that is no ten minutes.
  }
  assert.equal(losses, 1);
  proxy.cut('never');
  assert.equal(await store.renew('n', 'one', longMs), false);
  forget?.();
});

it('a take whose answer was lost is the same holding when it is asked for again', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const store = await openStore(t, proxy.url);
  const other = await openStore(t, url);
  await store.take('n', 'before', longMs);
  await store.release('n', 'before');
  proxy.cut('at-answer');
  // The held connection is open, so the first answer that is lost is that of the take.
  await assert.rejects(store.take('n', 'one', longMs), TransientFailure);
  proxy.cut('never');
  assert.deepEqual(await store.take('n', 'one', longMs), { outcome: 'taken', epoch: 2n });
  assert.equal((await other.take('n', 'two', longMs)).outcome, 'held');
});

it('an expired lease can be taken, and its former holder cannot renew or release it', async (t) => {
  const { url } = await testDatabase(t);
  const store = await openStore(t, url);
  await store.take('n', 'one', 0);
  assert.deepEqual(await store.take('n', 'two', longMs), { outcome: 'taken', epoch: 2n });
  assert.equal(await store.renew('n', 'one', longMs), false);
  await store.release('n', 'one');
  const seen = await store.take('n', 'three', longMs);
  assert.ok(seen.outcome === 'held' && seen.leftMs > longMs / 2 && seen.leftMs <= longMs);
});

it('several processes may be the first to open it', async (t) => {
  const { url } = await testDatabase(t);
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(t, url)));
  const taken = await Promise.all(stores.map((store, n) => store.take('n', `holder ${n}`, longMs)));
  assert.equal(taken.filter(({ outcome }) => outcome === 'taken').length, 1);
});

const openOne = async (url: string) => {
  const pool = openPool({ url, applicationName: 'lease test', connectionsMax: 2 });
  const store = await postgresLeaseStore(pool);
  const close = async (): Promise<void> => {
    await store.close();
    await pool.end();
  };
  return { store, close };
};

const openStore = async (t: TestContext, url: string) => {
  const { store, close } = await openOne(url);
  t.after(close);
  return store;
};
