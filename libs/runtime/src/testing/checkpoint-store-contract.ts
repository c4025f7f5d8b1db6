/** What every store of checkpoints owes its callers. Those in memory and in PostgreSQL run it, with rows beside them or without. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { TransientFailure } from '../errors.ts';
import { describeParking, parked } from './checkpoint-store-contract-parking.ts';
import { describeCheckpointsTogether } from './checkpoint-store-contract-together.ts';
import {
  at,
  type CheckpointsUnderTest,
  counted,
  type FreshCheckpoints,
  later,
  partitions,
  prepared,
  projection,
} from './read-model-store-samples.ts';

export const checkpointStoreContract = (name: string, fresh: FreshCheckpoints): void => {
  describe(`${name} as a CheckpointStore`, () => {
    describeCheckpoints(fresh);
    describeParking(fresh);
    describeCheckpointsTogether(fresh);

    it('keeps one consumer apart from another', async (t) =>
      keepsApart(t, fresh, { ...projection, name: 'contract-too' }));
  });
};

const keepsApart = async (t: TestContext, fresh: FreshCheckpoints, other: typeof projection): Promise<void> => {
  const [store, another] = await prepared(t, fresh);
  await store.prepare(other, partitions);
  await store.transact(projection, at, (tx) => tx.advance(5n, counted(5)));
  assert.equal(await another.position(other, at), 0n);
  await another.transact(other, at, (tx) => tx.park([parked(1n, 'k')]));
  assert.equal(await another.position(projection, at), 5n);
  assert.deepEqual(await another.parkedKeys(projection), []);
};

export const describeCheckpoints = (fresh: FreshCheckpoints): void => {
  it('moves the checkpoint together with what is set aside, or neither', async (t) => {
    const [store] = await prepared(t, fresh);
    const reason = new Error('crash');
    const work = store.transact(projection, at, async (tx) => {
      await tx.park([parked(0n, 'k')]);
      await tx.advance(5n, { ...counted(5), applied: 4, parked: 1 });
      throw reason;
    });
    await assert.rejects(work, (error) => error === reason);
    assert.equal(await store.position(projection, at), 0n);
    assert.deepEqual(await store.parkedKeys(projection), []);
  });

  it('lets two first consumers of one partition in one after the other', async (t) => {
    const [one, other] = await fresh(t);
    await Promise.all([one.prepare(projection, partitions), other.prepare(projection, partitions)]);
    const inside: string[] = [];
    const consume = (store: CheckpointsUnderTest, name: string): Promise<void> =>
      store.transact(projection, at, async (tx) => {
        inside.push(`${name} in`);
        // Both have the same batch, as two members do that both believe the partition is theirs.
        if (tx.checkpoint.next === 0n) await tx.advance(1n, counted(1));
        inside.push(`${name} out`);
      });
    await Promise.all([consume(one, 'one'), consume(other, 'other')]);
    const [first = '', second = ''] = inside[0] === 'one in' ? ['one', 'other'] : ['other', 'one'];
    assert.deepEqual(inside, [`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
    const { next, counters } = await one.transact(projection, at, async (tx) => tx.checkpoint);
    assert.deepEqual({ next, counters }, { next: 1n, counters: counted(1) });
  });

  it('keeps one version apart from the next', async (t) => keepsApart(t, fresh, later));

  it('leaves a checkpoint as it is when it is prepared again', async (t) => {
    const [store, another] = await prepared(t, fresh);
    await store.transact(projection, at, (tx) => tx.advance(3n, counted(3)));
    await another.prepare(projection, partitions);
    assert.equal(await another.position(projection, at), 3n);
  });

  it('adds up the counters', async (t) => {
    const [store] = await prepared(t, fresh);
    await store.transact(projection, at, (tx) =>
      tx.advance(5n, { read: 5, applied: 1, duplicates: 1, notForIt: 2, parked: 1 }),
    );
    await store.transact(projection, at, (tx) =>
      tx.advance(9n, { read: 4, applied: 2, duplicates: 1, notForIt: 0, parked: 1 }),
    );
    const { next, counters } = await store.transact(projection, at, async (tx) => tx.checkpoint);
    assert.deepEqual(
      { next, counters },
      { next: 9n, counters: { read: 9, applied: 3, duplicates: 2, notForIt: 2, parked: 2 } },
    );
    assert.equal(await store.position(projection, { ...at, partition: 1 }), 0n);
    assert.equal(await store.confirm(projection, { ...at, partition: 1 }), 0n);
  });

  it('refuses to move a checkpoint that is not as it was locked', async (t) => {
    const [store] = await prepared(t, fresh);
    const work = store.transact(projection, at, async (tx) => {
      await tx.advance(5n, counted(5));
      await tx.advance(7n, counted(2));
    });
    await assert.rejects(work, TransientFailure);
    assert.equal(await store.position(projection, at), 0n);
  });

  it('does not make one partition wait for another', async (t) => {
    const [one, other] = await prepared(t, fresh);
    await one.transact(projection, at, () =>
      other.transact(projection, { ...at, partition: 1 }, (tx) => tx.advance(1n, counted(1))),
    );
    assert.equal(await one.position(projection, { ...at, partition: 1 }), 1n);
  });

  it('refuses a partition that was never prepared', async (t) => {
    const [store] = await prepared(t, fresh);
    const work = store.transact(projection, { ...at, partition: 99 }, (tx) => tx.advance(1n, counted(1)));
    await assert.rejects(work, /never prepared/);
  });
};
