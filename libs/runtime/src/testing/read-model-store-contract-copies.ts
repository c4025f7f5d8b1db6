/** What every ReadModelStore owes its callers of ledger rows that come again: few or many, in transactions on partitions together. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { keyText, type Row } from '@plenum/read-model';
import { Poison } from '../errors.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { chance } from './chance.ts';
import { counted, type FreshStores, ledger, partitions, prepared, projection } from './read-model-store-samples.ts';

const [first, second] = partitions;
const together = [
  ['one partition', partitions.slice(0, 1)],
  ['several partitions', partitions],
] as const;

export const describeCopies = (fresh: FreshStores): void => {
  for (const [what, places] of together) {
    const bring = (store: ReadModelStore, rows: readonly Row[]): Promise<readonly boolean[]> =>
      store.transactTogether(projection, places, (tx) => tx.insertNew(ledger, rows));

    it(`says which ledger rows are new, within a batch and across, on ${what}`, async (t) => {
      const [store, other] = await prepared(t, fresh);
      const rows = [entry('x', 1), entry('y', 1), entry('x', 1), entry('x', 2)];
      assert.deepEqual(await bring(store, rows), [true, true, false, true]);
      assert.deepEqual(await bring(other, [entry('y', 1), entry('z', 3), entry('x', 2)]), [false, true, false]);
      assert.deepEqual(await bring(store, rows), [false, false, false, false]);
    });

    it(`keeps the first of each key, whether copies come alone, in storms or never, on ${what}`, async (t) => {
      const stores = await prepared(t, fresh);
      const random = chance(12);
      const kept = new Map<string, Row>();
      let latest = 0;
      const fill = async (batches: number, copies: number): Promise<void> => {
        for (let batch = 0; batch < batches; batch += 1) {
          const rows = Array.from({ length: 1 + random.below(6) }, () => {
            const isCopy = latest > 0 && random.happens(copies);
            if (!isCopy) latest += 1;
            return entry('x', isCopy ? 1 + random.below(latest) : latest, `${latest} ${random.next()}`);
          });
          const expected = rows.map((row) => {
            const isNew = !kept.has(keyText(ledger, row));
            if (isNew) kept.set(keyText(ledger, row), row);
            return isNew;
          });
          assert.deepEqual(await bring(random.pick(stores), rows), expected);
        }
      };
      for (const [batches, copies] of [
        [10, 0],
        [10, 0.5],
        [80, 0],
        [1, 1],
        [20, 0.05],
        [5, 1],
      ] as const) {
        await fill(batches, copies);
      }
      const loaded = await stores[0].transactTogether(projection, places, (tx) => tx.load(ledger, [...kept.values()]));
      assert.deepEqual(saidIn(loaded), saidIn(kept));
    });

    it(`knows copies again inside a transaction, and nothing of one that was undone, on ${what}`, async (t) => {
      const [store] = await prepared(t, fresh);
      const reason = new Error('crash');
      const undone = store.transactTogether(projection, places, async (tx) => {
        await tx.insertNew(ledger, [entry('x', 1), entry('y', 1)]);
        throw reason;
      });
      await assert.rejects(undone, (error) => error === reason);
      const answers = await store.transactTogether(projection, places, async (tx) => [
        await tx.insertNew(ledger, [entry('x', 1)]),
        await tx.insertNew(ledger, [entry('x', 1), entry('y', 1)]),
      ]);
      assert.deepEqual(answers, [[true], [false, true]]);
    });

    it(`refuses a poisonous copy, and brings in all the rest, on ${what}`, async (t) => {
      const [store] = await prepared(t, fresh);
      await bring(store, [entry('x', 1, 'first')]);
      const isNew = await store.transactTogether(projection, places, async (tx) => {
        await assert.rejects(
          tx.attempt(() => tx.insertNew(ledger, [entry('y', 1), entry('x', 1, 'a\u0000b')])),
          Poison,
        );
        return tx.insertNew(ledger, [entry('x', 1, 'second'), entry('y', 1)]);
      });
      assert.deepEqual(isNew, [false, true]);
    });
  }

  it('moves checkpoints with a batch of copies as with any other', async (t) => {
    const [store] = await prepared(t, fresh);
    const rows = Array.from({ length: 500 }, (_, index) => entry(`x${index % 7}`, index));
    for (const [next, isNew] of [
      [500n, true],
      [1_000n, false],
    ] as const) {
      const answer = await store.transactTogether(projection, partitions, async (tx) => {
        const inserted = await tx.insertNew(ledger, rows);
        await tx.advance(partitions.map((at) => ({ at, next, counters: counted(500) })));
        return inserted;
      });
      assert.deepEqual(
        answer,
        rows.map(() => isNew),
      );
    }
    for (const at of [first, second]) assert.equal(at && (await store.position(projection, at)), 1_000n);
  });
};

const entry = (thing: string, time: number, said = ''): Row => ({ thing, time, said });

const saidIn = (rows: ReadonlyMap<string, Row>): readonly string[] =>
  [...rows].map(([key, { said }]) => `${key}: ${said}`).sort();
