import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildOf, defineProjection } from '@plenum/read-model';
import { type ReadModelStore, TransientFailure } from '@plenum/runtime';
import { memoryReadModelStore } from '@plenum/runtime/testing';
import { commitWatch } from './commit-watch.ts';

const projection = buildOf(
  defineProjection<object>({
    name: 's',
    version: 1,
    about: 'A.',
    topics: ['t'],
    entry: () => undefined,
    folds: [],
  }),
);
const at = { topic: 't', partition: 0 };
const added = { read: 2, applied: 1, duplicates: 1, notForIt: 0, parked: 0 };
const never = new AbortController().signal;

const advanceTo = (store: ReadModelStore, next: bigint): Promise<void> =>
  store.transactTogether(projection, [at], (tx) => tx.advance([{ at, next, counters: added }]));

describe('watching commits', () => {
  it('settles with the commit that reaches the positions, and adds up what was committed', async () => {
    const { store, reached, counters } = commitWatch(memoryReadModelStore());
    await store.prepare(projection, [at]);
    let there = false;
    const waiting = reached(projection, [{ ...at, next: 4n }], never).then(() => {
      there = true;
    });
    await advanceTo(store, 2n);
    assert.equal(there, false);
    await advanceTo(store, 4n);
    await waiting;
    assert.deepEqual(counters.get('s'), { read: 4, applied: 2, duplicates: 2, notForIt: 0, parked: 0 });
    await reached(projection, [{ ...at, next: 3n }], never);
  });

  it('does not count what was rolled back', async () => {
    const { store, counters } = commitWatch(memoryReadModelStore({ atCommit: () => 'before' }));
    await store.prepare(projection, [at]);
    await assert.rejects(advanceTo(store, 2n), TransientFailure);
    assert.equal(counters.get('s'), undefined);
  });

  it('counts only what was done last where the work is called a second time', async () => {
    const inner = memoryReadModelStore();
    const twice: ReadModelStore = {
      ...inner,
      transactTogether: async (of, places, work) => {
        const undone = inner.transactTogether(of, places, async (tx) => {
          await work(tx);
          throw new Error('undone');
        });
        await assert.rejects(undone, /undone/);
        return inner.transactTogether(of, places, work);
      },
    };
    const { store, counters } = commitWatch(twice);
    await store.prepare(projection, [at]);
    let called = 0;
    await store.transactTogether(projection, [at], async (tx) => {
      called += 1;
      if (called === 1) await tx.advance([{ at, next: 2n, counters: added }]);
    });
    assert.deepEqual([called, counters.get('s')], [2, undefined]);
  });

  it('knows of what was there before, and gives up when asked to', async () => {
    const inner = memoryReadModelStore();
    await inner.prepare(projection, [at]);
    await advanceTo(inner, 2n);
    const { store, reached } = commitWatch(inner);
    await store.builds();
    await store.position(projection, at);
    await reached(projection, [{ ...at, next: 2n }], never);
    const giveUp = new AbortController();
    const waiting = reached(projection, [{ ...at, next: 3n }], giveUp.signal);
    giveUp.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
