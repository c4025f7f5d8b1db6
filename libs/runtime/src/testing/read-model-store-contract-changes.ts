/** What every ReadModelStore owes its callers of rows that are known to be there. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Row } from '@plenum/read-model';
import { TransientFailure } from '../errors.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import {
  at,
  extremeValues,
  type FreshStores,
  leastValues,
  partitions,
  plain,
  prepared,
  projection,
  sample,
  table,
} from './read-model-store-samples.ts';

export const describeChanges = (fresh: FreshStores): void => {
  it('writes rows that are known to be there as they are given, whatever differs', async (t) => {
    const [store] = await prepared(t, fresh);
    const passes = [extremeValues, leastValues, {}, leastValues, extremeValues, {}, extremeValues, extremeValues];
    let before: readonly (Row | undefined)[] = [];
    for (const values of passes) {
      const rows = ['a', 'b'].map((name) => sample(name, { ...values, label: name }));
      await store.transact(projection, at, (tx) => tx.save(table, rows, before));
      assert.deepEqual(await rowsIn(store, ['a', 'b']), rows.map(plain));
      before = rows;
    }
  });

  it('writes one column after the other, of one row among several, and then all', async (t) => {
    const [store] = await prepared(t, fresh);
    const names = ['a', 'b', 'c'];
    let rows = names.map((name) => sample(name));
    await store.transact(projection, at, (tx) => tx.save(table, rows));
    for (const values of [extremeValues, leastValues, Object.fromEntries(Object.keys(extremeValues).map(noValue))]) {
      for (const [column, value] of Object.entries(values)) {
        const after = rows.map((row, index) => (index === 1 ? { ...row, [column]: value } : row));
        await store.transact(projection, at, (tx) => tx.save(table, after, rows));
        assert.deepEqual(await rowsIn(store, names), after.map(plain), column);
        rows = after;
      }
    }
    const last = rows.map((row, index) => ({ ...row, ...extremeValues, count: index }));
    await store.transact(projection, at, (tx) => tx.save(table, last, rows));
    assert.deepEqual(await rowsIn(store, names), last.map(plain));
  });

  it('tells a zero from the one below it, and takes what is not a number', async (t) => {
    const [store] = await prepared(t, fresh);
    let before = [sample('a', { ratio: 0 })];
    await store.transact(projection, at, (tx) => tx.save(table, before));
    for (const ratio of [-0, 0, Number.NaN, Number.NaN, -0]) {
      const rows = [sample('a', { ratio })];
      await store.transact(projection, at, (tx) => tx.save(table, rows, before));
      assert.deepEqual(await rowsIn(store, ['a']), rows.map(plain));
      before = rows;
    }
  });

  it('takes rows that are there and rows that are not in one save, and those that it has just taken', async (t) => {
    const [store] = await prepared(t, fresh);
    const [b, d] = [sample('b', { note: 'was' }), sample('d', { count: 4 })];
    await store.transact(projection, at, (tx) => tx.save(table, [b, d]));
    const rows = [sample('a'), { ...b, note: 'is' }, sample('c', { big: 3n }), { ...d, count: 5 }];
    const later = rows.map((row) => ({ ...row, flag: true }));
    await store.transact(projection, at, async (tx) => {
      await tx.save(table, rows, [undefined, b, undefined, d]);
      await tx.save(table, later, rows);
    });
    assert.deepEqual(await rowsIn(store, ['a', 'b', 'c', 'd']), later.map(plain));
  });

  it('keeps nothing of a transaction in which a row to change is gone', async (t) => {
    const [store, other] = await prepared(t, fresh);
    const rows = ['a', 'b', 'c'].map((name) => sample(name));
    await store.transact(projection, at, (tx) => tx.save(table, rows));
    await other.transact(projection, at, (tx) => tx.remove(table, [{ name: 'b' }]));
    const changed = rows.map((row) => ({ ...row, note: 'changed' }));
    const alone = store.transact(projection, at, (tx) => tx.save(table, changed, rows));
    await assert.rejects(alone, TransientFailure);
    const attempted = store.transact(projection, at, (tx) => tx.attempt(() => tx.save(table, changed, rows)));
    await assert.rejects(attempted, TransientFailure);
    for (const places of [partitions, [at]]) {
      // Nobody waits for what the save comes to before the end.
      const together = store.transactTogether(projection, places, async (tx) => {
        await tx.attempt(() => tx.save(table, [...changed, sample('d')], rows));
        await tx.save(table, [sample('e')]);
      });
      await assert.rejects(together, TransientFailure);
    }
    assert.deepEqual(await rowsIn(store, ['a', 'b', 'c', 'd', 'e']), [sample('a'), sample('c')].map(plain));
  });
};

const noValue = (column: string): readonly [string, number | undefined] => [column, column === 'count' ? 0 : undefined];

const rowsIn = async (store: ReadModelStore, names: readonly string[]): Promise<readonly object[]> => {
  const keys = names.map((name) => ({ name }));
  const loaded = await store.transact(projection, at, (tx) => tx.load(table, keys));
  return names.flatMap((name) => {
    const row = loaded.get(name);
    return row === undefined ? [] : [plain(row)];
  });
};
