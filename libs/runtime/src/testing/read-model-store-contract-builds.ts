/** What every ReadModelStore owes its callers about builds beside each other. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildOf } from '@plenum/read-model';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import type { BuildId, ReadModelStore } from '../read-model-store.ts';
import { parked } from './checkpoint-store-contract-parking.ts';
import {
  at,
  counted,
  type FreshStores,
  later,
  partitions,
  prepared,
  projection,
  table,
} from './read-model-store-samples.ts';

const again = buildOf(projection, 2);
const third = buildOf(projection, 3);
const row = (count: number) => ({ name: 'a', count });

export const describeBuilds = (fresh: FreshStores): void => {
  it('prepares as often and as concurrently as it is asked to', async (t) => {
    const [one, other] = await fresh(t);
    assert.deepEqual(await other.builds(), []);
    const states = await Promise.all([one, other, one, other].map((store) => store.prepare(projection, partitions)));
    assert.deepEqual(states, ['active', 'active', 'active', 'active']);
    await one.transact(projection, at, (tx) => tx.advance(3n, counted(3)));
    assert.equal(await other.prepare(projection, partitions), 'active');
    assert.equal(await other.position(projection, at), 3n);
    assert.deepEqual(await known(other), ['contract_v1_g1 active']);
  });

  for (const [what, next] of [
    ['a later version', later],
    ['another generation', again],
  ] as const) {
    it(`builds ${what} beside the active one, with rows, checkpoints and parked keys of its own`, async (t) => {
      const [one, other] = await prepared(t, fresh);
      await one.transact(projection, at, async (tx) => {
        await tx.save(table, [row(1)]);
        await tx.park([parked(0n, 'k')]);
        await tx.advance(1n, { ...counted(1), applied: 0, parked: 1 });
      });
      assert.deepEqual(await Promise.all([one.prepare(next, partitions), other.prepare(next, partitions)]), building);
      assert.equal(await other.position(next, at), 0n);
      assert.deepEqual(await other.parkedKeys(next), []);
      await one.transact(next, at, async (tx) => {
        assert.equal((await tx.load(table, [{ name: 'a' }])).size, 0);
        await tx.save(table, [row(2)]);
        await tx.advance(1n, counted(1));
      });
      assert.equal((await loaded(other, projection))?.count, 1);
      assert.equal(await other.prepare(projection, partitions), 'active');
    });

    it(`goes over to ${what} once, and drops what was before with all it had`, async (t) => {
      const [one, other] = await prepared(t, fresh);
      await one.transact(projection, at, async (tx) => {
        await tx.park([parked(0n, 'k')]);
        await tx.advance(1n, countedParked);
      });
      await one.prepare(next, partitions);
      await one.transact(next, at, (tx) => tx.advance(1n, counted(1)));
      await Promise.all([one.activate(next), other.activate(next)]);
      assert.equal(await one.activate(next), 'active');
      assert.equal(await other.prepare(next, partitions), 'active');
      assert.equal(await other.dropRetired(), 0);
      assert.equal(await one.dropRetired(), 0);
      const { version, generation } = next;
      assert.deepEqual(await known(one), ['contract_v1_g1 dropped', `contract_v${version}_g${generation} active`]);
      assert.deepEqual(await one.parkedKeys(projection), []);
      await isGone(other, projection);
    });
  }

  it('goes over only to a build that has all that queries have seen', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    await one.transact(projection, at, (tx) => tx.advance(5n, counted(5)));
    await one.transact(again, at, (tx) => tx.advance(4n, counted(4)));
    assert.equal(await other.activate(again), 'behind');
    assert.deepEqual(await known(one), ['contract_v1_g1 active', 'contract_v1_g2 building']);
    await one.transact(again, at, (tx) => tx.advance(5n, counted(1)));
    assert.equal(await other.activate(again), 'active');
  });

  it('does not go over to a build that has parked more, unless that is accepted', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    const parkAt = (build: typeof again, offset: bigint) =>
      one.transact(build, at, async (tx) => {
        await tx.park([parked(offset, `k${offset}`)]);
        await tx.advance(offset + 1n, countedParked);
      });
    await one.transact(projection, at, (tx) => tx.advance(1n, counted(1)));
    await parkAt(again, 0n);
    assert.equal(await other.activate(again), 'parks more');
    assert.deepEqual(await Promise.all([again, projection].map((build) => other.parkedRecords(build))), [1, 0]);
    assert.deepEqual(await known(one), ['contract_v1_g1 active', 'contract_v1_g2 building']);
    assert.equal(await other.activate(again, { acceptParked: true }), 'active');
    assert.equal(await one.activate(again), 'active');
  });

  it('goes over to a build that has parked no more of what queries have seen', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    for (const [build, offset] of [
      [projection, 0n],
      [again, 0n],
      [again, 1n],
    ] as const) {
      await one.transact(build, at, async (tx) => {
        await tx.park([parked(offset, 'k')]);
        await tx.advance(offset + 1n, countedParked);
      });
    }
    assert.equal(await other.activate(again), 'active');
  });

  it('gives a build up for good, and never the active one', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    await other.retire(again);
    await one.retire(again);
    await assert.rejects(one.activate(again), ConsumerGone);
    await assert.rejects(other.prepare(again, partitions), ConsumerGone);
    await one.dropRetired();
    await isGone(one, again);
    await assert.rejects(one.retire(projection), /queries see/);
    assert.equal(await one.prepare(third, partitions), 'building');
    assert.deepEqual(await known(other), [
      'contract_v1_g1 active',
      'contract_v1_g2 dropped',
      'contract_v1_g3 building',
    ]);
  });

  it('has at most one build of a projection under way: of the highest version, and of that the first', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    await assert.rejects(other.prepare(third, partitions), ConsumerGone);
    assert.equal(await other.prepare(later, partitions), 'building');
    await assert.rejects(one.prepare(again, partitions), ConsumerGone);
    await assert.rejects(one.prepare(third, partitions), ConsumerGone);
    await one.activate(later);
    await assert.rejects(one.prepare(third, partitions), /version/);
    await assert.rejects(one.prepare(projection, partitions), ConsumerGone);
  });

  it('waits with dropping a build for a batch that is in hand', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.prepare(again, partitions);
    await one.transact(again, at, async (tx) => {
      await other.retire(again);
      assert.equal(await other.dropRetired(), 1);
      await tx.save(table, [row(1)]);
      await tx.advance(1n, counted(1));
    });
    assert.equal(await other.dropRetired(), 0);
    await isGone(one, again);
  });
};

const building = ['building', 'building'];
const countedParked = { ...counted(1), applied: 0, parked: 1 };

const known = async (store: ReadModelStore): Promise<readonly string[]> =>
  (await store.builds()).map(({ name, version, generation, state }) => `${name}_v${version}_g${generation} ${state}`);

const loaded = (store: ReadModelStore, of: typeof projection) =>
  store.transact(of, at, async (tx) => (await tx.load(table, [{ name: 'a' }])).get('a'));

const isGone = async (store: ReadModelStore, of: typeof projection & BuildId): Promise<void> => {
  await assert.rejects(store.position(of, at), ConsumerGone);
  await assert.rejects(
    store.transact(of, at, async () => undefined),
    ConsumerGone,
  );
};
