/** What every ReadModelStore owes its callers of a transaction on several partitions. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Row } from '@plenum/read-model';
import { Poison, TransientFailure } from '../errors.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { parked } from './checkpoint-store-contract-parking.ts';
import { at, counted, type FreshStores, partitions, prepared, projection, table } from './read-model-store-samples.ts';

const [first = at, second = at] = partitions;

export const describeTogether = (fresh: FreshStores): void => {
  it('commits rows and the checkpoints of several partitions together', async (t) => {
    const [store, other] = await prepared(t, fresh);
    await store.transactTogether(projection, partitions, async (tx) => {
      assert.deepEqual(
        tx.partitions.map((partition) => partition?.checkpoint),
        partitions.map(() => ({ next: 0n, counters: counted(0) })),
      );
      await tx.save(table, [{ name: 'a', count: 1 }]);
      await tx.partitions[1]?.park([parked(0n, 'k')]);
      const read = { ...counted(3), read: 4, parked: 1 };
      await tx.advance([
        { at: second, next: 4n, counters: read },
        { at: first, next: 2n, counters: counted(2) },
      ]);
    });
    await other.transactTogether(projection, [second, first], async (tx) => {
      const [of2, of1] = tx.partitions;
      assert.deepEqual(of1?.checkpoint, { next: 2n, counters: counted(2) });
      assert.deepEqual(of2?.checkpoint, { next: 4n, counters: { ...counted(3), read: 4, parked: 1 } });
      assert.deepEqual([...((await of2?.parkedKeys(['k'])) ?? [])], ['k']);
      assert.deepEqual([...((await of1?.parkedKeys(['k'])) ?? [])], []);
      assert.equal((await tx.load(table, [{ name: 'a' }])).size, 1);
    });
  });

  it('commits nothing of any of them when the work rejects', async (t) => {
    const [store] = await prepared(t, fresh);
    const reason = new Error('crash');
    const work = store.transactTogether(projection, partitions, async (tx) => {
      await tx.save(table, [{ name: 'a', count: 1 }]);
      await tx.advance(partitions.map((place) => ({ at: place, next: 2n, counters: counted(2) })));
      throw reason;
    });
    await assert.rejects(work, (error) => error === reason);
    assert.deepEqual([await store.position(projection, first), await store.position(projection, second)], [0n, 0n]);
    const loaded = await store.transact(projection, at, (tx) => tx.load(table, [{ name: 'a' }]));
    assert.equal(loaded.size, 0);
  });

  it('keeps nothing of a transaction in which a checkpoint has moved', async (t) => {
    const [store] = await prepared(t, fresh);
    const move = { next: 5n, counters: counted(5) };
    const work = store.transactTogether(projection, partitions, async (tx) => {
      await tx.save(table, [sampleOf('a')]);
      await tx.advance([{ at: first, ...move }]);
      await tx.advance([{ at: first, ...move }]);
    });
    await assert.rejects(work, TransientFailure);
    assert.equal(await nextAlone(store), 0n);
    const loaded = await store.transact(projection, first, (tx) => tx.load(table, [{ name: 'a' }]));
    assert.equal(loaded.size, 0);
  });

  it('keeps everything but what was refused, though nobody asked before the end', async (t) => {
    const [store] = await prepared(t, fresh);
    await store.transactTogether(projection, partitions, async (tx) => {
      await tx.attempt(() => tx.save(table, [sampleOf('a')]));
      const refused = tx.attempt(() => tx.save(table, [sampleOf('b', { note: 'a\u0000b' })]));
      await assert.rejects(refused, Poison);
      await tx.advance([{ at: first, next: 5n, counters: counted(5) }]);
    });
    assert.equal(await nextAlone(store), 5n);
    const keys = ['a', 'b'].map((name) => ({ name }));
    const loaded = await store.transact(projection, first, (tx) => tx.load(table, keys));
    assert.deepEqual([...loaded.keys()], ['a']);
  });
};

const sampleOf = (name: string, values: Row = {}): Row => ({ name, count: 0, ...values });

const nextAlone = (store: ReadModelStore): Promise<bigint | undefined> =>
  store.transactTogether(projection, [first], async ({ partitions: [only] }) => only?.checkpoint.next);
