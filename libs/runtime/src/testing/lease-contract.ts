/** What every store of leases keeps, and what `leases` makes of it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { type LeaseStore, type Leases, leases } from '../lease.ts';

export type OpenedLeaseStore = {
  readonly store: LeaseStore;
  /** This process does not reach the store any more; the others do. */
  cut(): void;
};

/** Called once per test: a store that nobody has used. What it returns opens it for one more process. */
export type OpenLeaseStores = (t: TestContext) => Promise<() => Promise<OpenedLeaseStore>>;

export const leaseContract = (name: string, open: OpenLeaseStores): void => {
  describe(`leases in ${name}`, () => {
    it('are given to one at a time, and to the next once given back; the epoch grows', async (t) => {
      const process = await open(t);
      const first = await held(t, (await process()).store);
      const asked = leasesOf((await process()).store).acquire('n', stopAfter(t));
      assert.equal(await settledWithin(asked, 300), false, 'somebody else was given it');
      assert.equal(first.isHeld(), true);
      await first.release();
      assert.equal(first.isHeld(), false);
      const second = present(await asked);
      t.after(second.release);
      assert.equal(second.isHeld(), true);
      assert.ok(second.epoch > first.epoch, `${second.epoch} after ${first.epoch}`);
      assert.equal(first.lost.aborted, false, 'given back is not lost');
    });

    it('of different names have nothing to do with each other', async (t) => {
      const process = await open(t);
      const { store } = await process();
      await held(t, store, 'one');
      assert.equal((await held(t, store, 'other')).isHeld(), true);
    });

    it('are waited for only as long as somebody wants them', async (t) => {
      const process = await open(t);
      const first = await held(t, (await process()).store);
      const stop = new AbortController();
      const asked = leasesOf((await process()).store).acquire('n', stop.signal);
      stop.abort();
      assert.equal(await asked, undefined);
      assert.equal(first.isHeld(), true);
    });

    it('stay with whoever renews them', async (t) => {
      const process = await open(t);
      const first = await held(t, (await process()).store);
      const asked = leasesOf((await process()).store).acquire('n', stopAfter(t));
      assert.equal(await settledWithin(asked, ttlMs * 2), false, 'a renewed lease was given to another');
      assert.equal(first.isHeld(), true);
    });

    it('move on within seconds from a holder that cannot renew, who knows before', async (t) => {
      const process = await open(t);
      const away = await process();
      const first = await held(t, away.store);
      const begunMs = performance.now();
      let lostMs = Number.POSITIVE_INFINITY;
      first.lost.addEventListener('abort', () => {
        lostMs = performance.now();
      });
      away.cut();
      const second = present(await leasesOf((await process()).store).acquire('n', stopAfter(t)));
      t.after(second.release);
      assert.equal(first.isHeld(), false);
      assert.ok(lostMs <= performance.now(), 'the first one was never told');
      const tookMs = performance.now() - begunMs;
      assert.ok(tookMs < ttlMs + 3000, `it took ${Math.round(tookMs)} ms`);
    });

    it('are never held by two, however many want them', async (t) => {
      const process = await open(t);
      let holding = 0;
      let turns = 0;
      const contend = async (): Promise<void> => {
        const all = leasesOf((await process()).store);
        for (let turn = 0; turn < 3; turn += 1) {
          const lease = present(await all.acquire('n', stopAfter(t)));
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

const ttlMs = 1000;

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const leasesOf = (store: LeaseStore): Leases =>
  leases({ store, newHolder: randomUUID, logger: silent, limits: { ttlMs, renewMs: 200, lookMs: 50 } });

const held = async (t: TestContext, store: LeaseStore, name = 'n') => {
  const lease = present(await leasesOf(store).acquire(name, stopAfter(t)));
  t.after(lease.release);
  return lease;
};

/** Ends with the test, so that nothing is waited for after it. */
const stopAfter = (t: TestContext): AbortSignal => {
  const stop = new AbortController();
  t.after(() => stop.abort());
  return stop.signal;
};

const present = <T>(value: T | undefined): T => value ?? assert.fail('there is no lease');

/** The other way round there is no signal to wait for: nothing happens, for as long as it must not. */
const settledWithin = async (promise: Promise<unknown>, withinMs: number): Promise<boolean> => {
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, withinMs, false);
  const settled = await Promise.race([promise.then(() => true), over]);
  clearTimeout(timer);
  return settled;
};
