/** What every store of checkpoints owes its callers of a transaction on several partitions. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import { TransientFailure } from '../errors.ts';
import { parked } from './checkpoint-store-contract-parking.ts';
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

const [first = at, second = at] = partitions;

export const describeCheckpointsTogether = (fresh: FreshCheckpoints): void => {
  it('moves the checkpoints of several partitions together, with what is set aside in each', async (t) => {
    const [store, other] = await prepared(t, fresh);
    await store.transactTogether(projection, partitions, async (tx) => {
      await tx.partitions[1]?.park([parked(0n, 'k')]);
      const moves = [
        { at: second, next: 4n, counters: { ...counted(3), read: 4, parked: 1 } },
        { at: first, next: 2n, counters: counted(2) },
      ];
      await tx.advance(moves);
    });
    await other.transactTogether(projection, [second, first], async (tx) => {
      const [of2, of1] = tx.partitions;
      assert.deepEqual(of1?.checkpoint, { next: 2n, counters: counted(2) });
      assert.deepEqual(of2?.checkpoint, { next: 4n, counters: { ...counted(3), read: 4, parked: 1 } });
      assert.deepEqual([...((await of2?.parkedKeys(['k'])) ?? [])], ['k']);
      assert.deepEqual([...((await of1?.parkedKeys(['k'])) ?? [])], []);
    });
  });

  it('leaves out the partitions that another transaction holds, and waits for a single one', async (t) => {
    const [store, other] = await prepared(t, fresh);
    const inside = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const holding = other.transact(projection, first, async (tx) => {
      inside.resolve();
      await over.promise;
      await tx.advance(7n, counted(7));
    });
    await inside.promise;
    await store.transactTogether(projection, partitions, async (tx) => {
      assert.deepEqual(
        tx.partitions.map((partition) => partition?.checkpoint.next),
        [undefined, 0n],
      );
      await tx.advance([{ at: second, next: 3n, counters: counted(3) }]);
    });
    assert.equal(await store.position(projection, second), 3n);
    const waited = nextAlone(store);
    over.resolve();
    await holding;
    assert.equal(await waited, 7n);
  });

  it('moves no checkpoint that it does not hold', async (t) => {
    const [store] = await prepared(t, fresh);
    const stray = { ...at, partition: 9 };
    await store.transactTogether(projection, [first, stray], async (tx) => {
      assert.equal(tx.partitions[1], undefined);
      await assert.rejects(tx.advance([{ at: stray, next: 1n, counters: counted(1) }]), /not held/);
    });
  });

  it('refuses a consumer that was never prepared, whose checkpoints nobody holds', async (t) => {
    const [store] = await prepared(t, fresh);
    const alone = store.transactTogether(later, [first], async () => assert.fail('there is nothing to hold'));
    await assert.rejects(alone, ConsumerGone);
    const held = await store.transactTogether(later, partitions, async (tx) => tx.partitions);
    assert.deepEqual(held, [undefined, undefined]);
  });

  it('moves none of several when one of them is not as it was locked', async (t) => {
    const [store] = await prepared(t, fresh);
    const work = store.transactTogether(projection, partitions, async (tx) => {
      await tx.advance(partitions.map((place) => ({ at: place, next: 5n, counters: counted(5) })));
      await tx.advance([{ at: first, next: 5n, counters: counted(5) }]);
    });
    await assert.rejects(work, TransientFailure);
    assert.deepEqual([await store.position(projection, first), await store.position(projection, second)], [0n, 0n]);
  });
};

const nextAlone = (store: CheckpointsUnderTest): Promise<bigint | undefined> =>
  store.transactTogether(projection, [first], async ({ partitions: [only] }) => only?.checkpoint.next);
