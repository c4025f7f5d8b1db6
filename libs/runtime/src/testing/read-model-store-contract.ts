/** What every ReadModelStore owes its callers. The store in memory and the one in PostgreSQL both run it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyText, type Row } from '@plenum/read-model';
import { Poison } from '../errors.ts';
import type { ReadModelStore, ReadModelTransaction } from '../read-model-store.ts';
import { describeCheckpoints } from './checkpoint-store-contract.ts';
import { describeParking, parked } from './checkpoint-store-contract-parking.ts';
import { describeCheckpointsTogether } from './checkpoint-store-contract-together.ts';
import { describeBuilds } from './read-model-store-contract-builds.ts';
import { describeChanges } from './read-model-store-contract-changes.ts';
import { describeCopies } from './read-model-store-contract-copies.ts';
import { describeTogether } from './read-model-store-contract-together.ts';
import {
  at,
  counted,
  extremeValues,
  type FreshStores,
  leastValues,
  ledger,
  partitions,
  plain,
  prepared,
  projection,
  sample,
  table,
} from './read-model-store-samples.ts';
import { squareAt } from './sample-plots.ts';

export const readModelStoreContract = (name: string, fresh: FreshStores): void => {
  describe(`${name} as a ReadModelStore`, () => {
    describeRows(fresh);
    describeChanges(fresh);
    describeFence(fresh);
    describeTogether(fresh);
    describeCopies(fresh);
    describeCheckpoints(fresh);
    describeParking(fresh);
    describeCheckpointsTogether(fresh);
    describeBuilds(fresh);
  });
};

const describeRows = (fresh: FreshStores): void => {
  it('gives back every kind of value exactly', async (t) => {
    const [store] = await prepared(t, fresh);
    const extremes = [sample('a'), sample('b', extremeValues), sample('c', leastValues)];
    await store.transact(projection, at, (tx) => tx.save(table, extremes));
    const loaded = await store.transact(projection, at, (tx) => tx.load(table, [...extremes, { name: 'none' }]));
    assert.deepEqual([...loaded.keys()].sort(), ['a', 'b', 'c']);
    for (const row of extremes) assert.deepEqual(plain(loaded.get(keyText(table, row))), plain(row));
  });

  it('replaces a whole row', async (t) => {
    const [store] = await prepared(t, fresh);
    await store.transact(projection, at, (tx) => tx.save(table, [sample('a', { note: 'once' }), sample('b')]));
    await store.transact(projection, at, (tx) => tx.save(table, [sample('a', { count: 7 })]));
    const loaded = await store.transact(projection, at, (tx) => tx.load(table, [{ name: 'a' }]));
    assert.deepEqual(plain(loaded.get('a')), plain(sample('a', { count: 7 })));
  });

  it('ends rows, where they are', async (t) => {
    const [store] = await prepared(t, fresh);
    const rows = ['a', 'b', 'c'].map((name) => sample(name));
    await store.transact(projection, at, (tx) => tx.save(table, rows));
    await store.transact(projection, at, async (tx) => {
      await tx.remove(table, [{ name: 'a' }, { name: 'none' }]);
      await assert.rejects(
        tx.attempt(async () => {
          await tx.remove(table, [{ name: 'b' }]);
          assert.deepEqual([...(await tx.load(table, rows)).keys()].sort(), ['c']);
          throw new Error('changed my mind');
        }),
      );
      await tx.remove(table, [{ name: 'c' }]);
      await tx.save(table, [sample('c', { count: 7 })]);
    });
    const loaded = await store.transact(projection, at, (tx) => tx.load(table, rows));
    assert.deepEqual([...loaded.values()].map(({ name, count }) => `${name} ${count}`).sort(), ['b 0', 'c 7']);
  });

  it('refuses as poison what another row has, as far as its index looks', async (t) => {
    const [store] = await prepared(t, fresh);
    const refuses = (tx: ReadModelTransaction, row: Row): Promise<void> =>
      assert.rejects(
        tx.attempt(() => tx.save(table, [row])),
        (error) => error instanceof Poison && error.code === '23505',
      );
    await store.transact(projection, at, (tx) => tx.save(table, [sample('a', { label: 'Ätna X' })]));
    await store.transact(projection, at, async (tx) => {
      await refuses(tx, sample('b', { label: 'Ätna x' }));
      await tx.save(table, [sample('b', { label: 'ätna x' }), sample('c', { label: 'ÄTNA X', count: 1 })]);
      await tx.save(table, [sample('d'), sample('e'), sample('a', { label: 'ÄTNA X' })]);
      await tx.remove(table, [{ name: 'a' }]);
      await tx.save(table, [sample('f', { label: 'Ätna x' })]);
      await refuses(tx, sample('a', { label: 'ÄTNA X' }));
    });
  });

  it('says which ledger rows are new, within a batch and across', async (t) => {
    const [store] = await prepared(t, fresh);
    const rows = [entry('x', 1), entry('y', 1), entry('x', 1), entry('x', 2)];
    assert.deepEqual(await store.transact(projection, at, (tx) => tx.insertNew(ledger, rows)), [
      true,
      true,
      false,
      true,
    ]);
    const more = [entry('y', 1), entry('z', 3), entry('x', 2)];
    assert.deepEqual(await store.transact(projection, at, (tx) => tx.insertNew(ledger, more)), [false, true, false]);
  });

  it('keeps the first of two ledger rows with one key', async (t) => {
    const [store] = await prepared(t, fresh);
    await store.transact(projection, at, (tx) =>
      tx.insertNew(ledger, [entry('x', 1, 'first'), entry('x', 1, 'second')]),
    );
    await store.transact(projection, at, (tx) => tx.insertNew(ledger, [entry('x', 1, 'third')]));
    const loaded = await store.transact(projection, at, (tx) => tx.load(ledger, [entry('x', 1)]));
    assert.deepEqual(
      [...loaded.values()].map(({ said }) => said),
      ['first'],
    );
  });

  it('takes ledger rows of any time, whatever a clock says', async (t) => {
    const [store] = await prepared(t, fresh);
    const years = [1900, 1970, 2024, 2025, 2026, 2027, 2106, 2199].map((year) => Date.UTC(year, 1, 3) * 1000 + 1);
    const rows = years.map((timeUs) => entry('x', timeUs));
    assert.deepEqual(
      await store.transact(projection, at, (tx) => tx.insertNew(ledger, rows)),
      rows.map(() => true),
    );
    assert.deepEqual(
      await store.transact(projection, at, (tx) => tx.insertNew(ledger, rows)),
      rows.map(() => false),
    );
    assert.equal((await store.transact(projection, at, (tx) => tx.load(ledger, rows))).size, rows.length);
  });

  for (const [what, values] of refused) {
    it(`refuses ${what} as poison, and loses nothing else under an attempt`, async (t) => {
      const [store] = await prepared(t, fresh);
      await store.transact(projection, at, async (tx) => {
        await tx.save(table, [sample('kept')]);
        const attempt = tx.attempt(() => tx.save(table, [sample('good'), sample('bad', values)]));
        await assert.rejects(attempt, (error) => error instanceof Poison && /^2[23]/.test(error.code));
        await tx.attempt(() => tx.save(table, [sample('later')]));
      });
      const keys = ['kept', 'good', 'bad', 'later'].map((name) => ({ name }));
      const loaded = await store.transact(projection, at, (tx) => tx.load(table, keys));
      assert.deepEqual([...loaded.keys()].sort(), ['kept', 'later']);
    });
  }

  it('refuses a poisonous ledger row though its key is there, in the batch or from before', async (t) => {
    const [store] = await prepared(t, fresh);
    const poison = entry('x', 1, 'a\u0000b');
    await store.transact(projection, at, async (tx) => {
      await assert.rejects(
        tx.attempt(() => tx.insertNew(ledger, [entry('x', 1), poison])),
        Poison,
      );
      await tx.insertNew(ledger, [entry('x', 1)]);
      await assert.rejects(
        tx.attempt(() => tx.insertNew(ledger, [poison])),
        Poison,
      );
    });
  });

  it('checks rows without saving them', async (t) => {
    const [store] = await prepared(t, fresh);
    await store.transact(projection, at, async (tx) => {
      await tx.check(table, [sample('a'), sample('a', extremeValues), sample('b', leastValues)]);
      for (const [, values] of refused) {
        const check = tx.attempt(() => tx.check(table, [sample('c'), sample('c', values)]));
        await assert.rejects(check, (error) => error instanceof Poison && /^2[23]/.test(error.code));
      }
      assert.equal((await tx.load(table, [{ name: 'a' }, { name: 'c' }])).size, 0);
    });
  });

  it('undoes an attempt that rejects, and rejects with the same error', async (t) => {
    const [store] = await prepared(t, fresh);
    const reason = new Error('changed my mind');
    await store.transact(projection, at, async (tx) => {
      const work = async (): Promise<void> => {
        await tx.save(table, [sample('a')]);
        await tx.insertNew(ledger, [entry('x', 1)]);
        throw reason;
      };
      await assert.rejects(tx.attempt(work), (error) => error === reason);
      assert.equal((await tx.load(table, [{ name: 'a' }])).size, 0);
      assert.deepEqual(await tx.insertNew(ledger, [entry('x', 1)]), [true]);
    });
  });
};

const describeFence = (fresh: FreshStores): void => {
  it('commits rows and checkpoint together, or neither', async (t) => {
    const [store] = await prepared(t, fresh);
    const reason = new Error('crash');
    const work = store.transact(projection, at, async (tx) => {
      await tx.save(table, [sample('a')]);
      await tx.park([parked(0n, 'k')]);
      await tx.advance(5n, counted(5));
      throw reason;
    });
    await assert.rejects(work, (error) => error === reason);
    assert.equal(await store.position(projection, at), 0n);
    await store.transact(projection, at, async (tx) => {
      assert.deepEqual(tx.checkpoint, { next: 0n, counters: counted(0) });
      assert.equal((await tx.load(table, [{ name: 'a' }])).size, 0);
      assert.equal((await tx.parkedKeys(['k'])).size, 0);
    });
  });

  it('lets two first consumers of one partition in one after the other', async (t) => {
    const [one, other] = await fresh(t);
    await Promise.all([one.prepare(projection, partitions), other.prepare(projection, partitions)]);
    const inside: string[] = [];
    // Both apply the same records, as two members do that both believe the partition is theirs.
    const consume = (store: ReadModelStore, name: string): Promise<void> =>
      store.transact(projection, at, async (tx) => {
        inside.push(`${name} in`);
        if (tx.checkpoint.next === 0n) {
          const counter = (await tx.load(table, [{ name: 'counter' }])).get('counter');
          await tx.save(table, [sample('counter', { count: Number(counter?.count ?? 0) + 1 })]);
          await tx.advance(1n, counted(1));
        }
        inside.push(`${name} out`);
      });
    await Promise.all([consume(one, 'one'), consume(other, 'other')]);
    const [first = '', second = ''] = inside[0] === 'one in' ? ['one', 'other'] : ['other', 'one'];
    assert.deepEqual(inside, [`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
    await one.transact(projection, at, async (tx) => {
      assert.deepEqual(tx.checkpoint, { next: 1n, counters: counted(1) });
      assert.equal((await tx.load(table, [{ name: 'counter' }])).get('counter')?.count, 1);
    });
  });
};

const entry = (thing: string, time: number, said = ''): Row => ({ thing, time, said });

const refused: readonly (readonly [string, Row])[] = [
  ['a NUL in text', { note: 'a\u0000b' }],
  ['a NUL in JSON', { facts: '{"a": "a\\u0000b"}' }],
  ['half a surrogate pair in JSON', { facts: '{"a": "\\ud800"}' }],
  ['what is not JSON', { facts: '{' }],
  ['what is not a UUID', { event: 'event-1' }],
  ['what is no bytes, where a person is named', { person: 'Ana' }],
  ['what is no geometry', { place: Uint8Array.of(1, 2, 3) }],
  ['geometry of another kind', { place: squareAt(0, 0) }],
  ['an integer out of range', { count: 2 ** 31 }],
  ['nothing where something must be', { count: undefined }],
];
