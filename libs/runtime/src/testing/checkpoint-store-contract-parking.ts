/** What a store of checkpoints owes its callers about records that are set aside. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CheckpointTransaction, ParkedRecord } from '../consumer/checkpoint-store.ts';
import { TransientFailure } from '../errors.ts';
import { at, counted, type FreshCheckpoints, prepared, projection } from './read-model-store-samples.ts';

export const describeParking = (fresh: FreshCheckpoints): void => {
  it('knows the parked keys of a partition', async (t) => {
    const [store, other] = await prepared(t, fresh);
    await store.transact(projection, at, async (tx) => {
      await tx.park([parked(3n, 'k'), parked(4n, 'k'), parked(5n, 'with \u0000 and \\ in it')]);
      assert.deepEqual(await tx.parkedKeys(['k', 'l']), new Set(['k']));
    });
    await other.transact(projection, at, async (tx) => {
      const keys = ['k', 'l', 'with \u0000 and \\ in it', 'with \\0 and \\ in it'];
      assert.deepEqual(await tx.parkedKeys(keys), new Set(['k', 'with \u0000 and \\ in it']));
      await tx.park([parked(6n, 'k')]);
    });
    const elsewhere = await store.transact(projection, { ...at, partition: 1 }, (tx) => tx.parkedKeys(['k']));
    assert.equal(elsewhere.size, 0);
  });

  it('knows of no parked keys before a projection was prepared', async (t) => {
    const [store] = await fresh(t);
    assert.deepEqual(await store.parkedKeys(projection), []);
  });

  it('says of every parked key from where on, and at which offsets', async (t) => {
    const [store, other] = await prepared(t, fresh);
    assert.deepEqual(await store.parkedKeys(projection), []);
    const odd = 'with \u0000 and \\ in it';
    await store.transact(projection, at, (tx) => tx.park([parked(3n, 'k'), parked(5n, odd), parked(12n, 'k')]));
    await store.transact(projection, { ...at, partition: 1 }, (tx) => tx.park([parked(4n, 'k')]));
    assert.deepEqual(await other.parkedKeys(projection), [
      { ...at, key: 'k', from: 3n },
      { ...at, key: odd, from: 5n },
      { ...at, partition: 1, key: 'k', from: 4n },
    ]);
    const [k, one = assert.fail()] = await other.parkedKeys(projection);
    assert.deepEqual(await other.parkedOffsets(projection, k ?? assert.fail(), 9), [3n, 12n]);
    assert.deepEqual(await other.parkedOffsets(projection, k ?? assert.fail(), 1), [3n]);
    assert.deepEqual(await other.parkedOffsets(projection, one, 9), [5n]);
    assert.deepEqual(await other.parkedOffsets(projection, { ...one, key: 'l' }, 9), []);
  });

  it('releases what was parked of a key, from the front, and counts it as what it came to', async (t) => {
    const [store, other] = await prepared(t, fresh);
    await store.transact(projection, at, async (tx) => {
      await tx.park([parked(3n, 'k'), parked(4n, 'l'), parked(10n, 'k'), parked(11n, 'k')]);
      await tx.advance(12n, { ...counted(12), applied: 8, parked: 4 });
    });
    await other.transact(projection, at, (tx) => tx.release('k', 10n, { applied: 1, duplicates: 1, notForIt: 0 }));
    const counters = (tx: CheckpointTransaction) => Promise.resolve(tx.checkpoint);
    const between = { next: 12n, counters: { read: 12, applied: 9, duplicates: 1, notForIt: 0, parked: 2 } };
    assert.deepEqual(await store.transact(projection, at, counters), between);
    assert.deepEqual(
      (await store.parkedKeys(projection)).map(({ key, from }) => [key, from]),
      [
        ['l', 4n],
        ['k', 11n],
      ],
    );
    await store.transact(projection, at, (tx) => tx.release('k', 11n, { applied: 0, duplicates: 0, notForIt: 1 }));
    assert.deepEqual(await store.transact(projection, at, (tx) => tx.parkedKeys(['k', 'l'])), new Set(['l']));
    assert.equal((await store.transact(projection, at, counters)).counters.parked, 1);
  });

  it('releases nothing that somebody else has released, and nothing when its transaction is undone', async (t) => {
    const [store, other] = await prepared(t, fresh);
    await store.transact(projection, at, async (tx) => {
      await tx.park([parked(3n, 'k'), parked(4n, 'k')]);
      await tx.advance(5n, { ...counted(5), applied: 3, parked: 2 });
    });
    const release = (tx: CheckpointTransaction) => tx.release('k', 3n, { applied: 1, duplicates: 0, notForIt: 0 });
    const undone = store.transact(projection, at, async (tx) => {
      await release(tx);
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    assert.deepEqual(
      (await store.parkedKeys(projection)).map(({ from }) => from),
      [3n],
    );
    await other.transact(projection, at, release);
    await assert.rejects(store.transact(projection, at, release), TransientFailure);
    assert.deepEqual(
      (await store.parkedKeys(projection)).map(({ from }) => from),
      [4n],
    );
  });
};

/** A record that is set aside, with texts that a database cannot hold as they are. */
export const parked = (offset: bigint, key: string): ParkedRecord => ({
  offset,
  key,
  eventId: 'event \u0000 1',
  value: Uint8Array.of(1, 0, 2),
  code: '22P05',
  reason: 'holds \u0000',
});
