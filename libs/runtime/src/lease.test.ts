import assert from 'node:assert/strict';
import { it } from 'node:test';
import { manualTimer } from './ingest/testing/manual-timer.ts';
import { leases } from './lease.ts';
import { leaseContract } from './testing/lease-contract.ts';
import { memoryLeaseTable } from './testing/memory-lease-store.ts';
import { silentLogger } from './testing/silent-logger.ts';
import type { Timer } from './timer.ts';

leaseContract('memory', async () => {
  const table = memoryLeaseTable();
  return async () => {
    const store = table.open();
    return { store, cut: store.cut, close: async () => undefined };
  };
});

it('a holder that was frozen knows it before any of its timers has run', async () => {
  const { timer, lease, thaw } = await frozenHolder(6000);
  assert.equal(lease.isHeld(), false);
  assert.equal(lease.lost.aborted, false, 'nothing has run yet');
  thaw();
  await timer.advance(0);
  assert.equal(lease.lost.aborted, true);
});

it('and does not renew what it let go by, though nobody has taken it', async () => {
  const { timer, lease, thaw, store } = await frozenHolder(6000);
  thaw();
  await timer.advance(10_000);
  assert.equal(lease.isHeld(), false);
  assert.deepEqual(await store.take('n', 'another', 5000), { outcome: 'taken', epoch: 2n });
});

it('a pause that is shorter than the lease costs nothing', async () => {
  const { timer, lease } = await frozenHolder(3000);
  assert.equal(lease.isHeld(), true);
  await timer.advance(10_000);
  assert.equal(lease.isHeld(), true);
});

it('a store that is away for less than the lease costs nothing, and is asked again', async () => {
  const timer = manualTimer();
  const store = memoryLeaseTable(timer).open();
  const lease = await acquire(store, timer);
  store.cut();
  await timer.advance(3500);
  assert.equal(lease.isHeld(), true);
  store.mend();
  await timer.advance(20_000);
  assert.equal(lease.isHeld(), true);
  store.cut();
  await timer.advance(5000);
  assert.equal(lease.isHeld(), false);
  assert.equal(lease.lost.aborted, true);
});

it('an answer that comes after the lease is over does not bring it back', async () => {
  const timer = manualTimer();
  const store = memoryLeaseTable(timer).open();
  const answer = Promise.withResolvers<boolean>();
  const lease = await acquire({ ...store, renew: () => answer.promise }, timer);
  await timer.advance(6000);
  answer.resolve(true);
  await timer.advance(6000);
  assert.equal(lease.isHeld(), false);
});

let holders = 0;
const acquire = async (store: Parameters<typeof leases>[0]['store'], timer: Timer) => {
  const all = leases({ store, timer, logger: silentLogger, newHolder: () => `holder ${(holders += 1)}` });
  const lease = await all.acquire('n', new AbortController().signal);
  return lease ?? assert.fail('there is no lease');
};

/** Holds a lease of five seconds; then time has passed and nothing has run. */
const frozenHolder = async (frozenMs: number) => {
  const manual = manualTimer();
  let offsetMs = 0;
  const timer = { ...manual, nowMs: () => manual.nowMs() + offsetMs };
  const store = memoryLeaseTable(timer).open();
  const lease = await acquire(store, timer);
  await timer.advance(500);
  offsetMs = frozenMs;
  // A real timer that fell due meanwhile runs at once; a manual one has to be brought there.
  const thaw = (): void => void manual.advance(frozenMs);
  return { timer, store, lease, thaw };
};
