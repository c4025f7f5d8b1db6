/** What every store of leases keeps, and what `leases` makes of it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { type Lease, type LeaseStore, leases } from '../lease.ts';

export type OpenedLeaseStore = {
  readonly store: LeaseStore;
  /** This process does not reach the store any more; the others do. */
  cut(): void;
  close(): Promise<void>;
};

/** Called once per test: a store that nobody has used. What it returns opens it for one more process. */
export type OpenLeaseStores = (t: TestContext) => Promise<() => Promise<OpenedLeaseStore>>;

export const leaseContract = (name: string, open: OpenLeaseStores): void => {
  describe(`leases in ${name}`, () => {
    it('are given to one at a time, and to the next once given back; the epoch grows', async (t) => {
      const { process, acquire } = await world(t, open);
      const first = await acquire((await process()).store);
      const asked = acquire((await process()).store);
      assert.equal(await settledWithin(asked, 300), false, 'somebody else was given it');
      assert.equal(first.isHeld(), true);
      await first.release();
      assert.equal(first.isHeld(), false);
      const second = await asked;
      assert.equal(second.isHeld(), true);
      assert.ok(second.epoch > first.epoch, `${second.epoch} after ${first.epoch}`);
      assert.equal(first.lost.aborted, false, 'given back is not lost');
    });

    it('of different names have nothing to do with each other', async (t) => {
      const { process, acquire } = await world(t, open);
      const { store } = await process();
      await acquire(store, 'one');
      assert.equal((await acquire(store, 'other')).isHeld(), true);
    });

    it('are waited for only as long as somebody wants them', async (t) => {
      const { process, acquire } = await world(t, open);
      const first = await acquire((await process()).store);
      const stop = new AbortController();
      const asked = leasesOf((await process()).store).acquire('n', stop.signal);
      stop.abort();
      assert.equal(await asked, undefined);
      assert.equal(first.isHeld(), true);
    });

    it('stay with the holder that renews them', async (t) => {
      const { process, acquire } = await world(t, open);
      const first = await acquire((await process()).store, 'n', shortMs);
      const asked = acquire((await process()).store);
      assert.equal(await settledWithin(asked, shortMs * 2), false, 'a renewed lease was given to another');
      assert.equal(first.isHeld(), true);
    });

    it('move on from a holder that cannot renew, who knows before', async (t) => {
      const { process, acquire } = await world(t, open);
      const away = await process();
      const first = await acquire(away.store, 'n', shortMs);
      let lostMs = Number.POSITIVE_INFINITY;
      first.lost.addEventListener('abort', () => {
        lostMs = performance.now();
      });
      away.cut();
      await acquire((await process()).store);
      assert.equal(first.isHeld(), false);
      assert.ok(lostMs <= performance.now(), 'the first one was never notified');
    });

    it('are never held by two, however many want them', async (t) => {
      const { process, acquire } = await world(t, open);
      let holding = 0;
      let turns = 0;
      const contend = async (): Promise<void> => {
        const { store } = await process();
        for (let turn = 0; turn < 3; turn += 1) {
          const lease = await acquire(store);
          holding += 1;
          assert.equal(holding, 1);
          await new Promise((resolve) => setImmediate(resolve));
          holding -= 1;
          turns += 1;
          await lease.release();
        }
      };
      await Promise.all(Array.from({ length: 4 }, contend));
      assert.equal(turns, 12);
    });
  });
};

/** Longer than a busy machine keeps anybody from renewing. */
const longMs = 60_000;
/** Of leases that have to run out or be renewed while a test waits. */
const shortMs = 3000;

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const leasesOf = (store: LeaseStore, ttlMs = longMs) =>
  leases({ store, newHolder: randomUUID, logger: silent, limits: { ttlMs, renewMs: 200, lookMs: 50 } });

/** Everything that a test opens, and lets go of at its end: first the leases, then the stores. */
const world = async (t: TestContext, open: OpenLeaseStores) => {
  const openOne = await open(t);
  const opened: OpenedLeaseStore[] = [];
  const given: Lease[] = [];
  const stop = new AbortController();
  t.after(async () => {
    stop.abort();
    for (const lease of given) await lease.release();
    for (const { close } of opened) await close();
  });
  return {
    process: async (): Promise<OpenedLeaseStore> => {
      const one = await openOne();
      opened.push(one);
      return one;
    },
    acquire: async (store: LeaseStore, name = 'n', ttlMs = longMs): Promise<Lease> => {
      const lease = await leasesOf(store, ttlMs).acquire(name, stop.signal);
      if (lease === undefined) return assert.fail('the test ended before there was a lease');
      given.push(lease);
      return lease;
    },
  };
};

/** The other way round there is no signal to wait for: nothing happens, for as long as it must not. */
const settledWithin = async (promise: Promise<unknown>, withinMs: number): Promise<boolean> => {
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, withinMs, false);
  const settled = await Promise.race([promise.then(() => true), over]);
  clearTimeout(timer);
  return settled;
};
