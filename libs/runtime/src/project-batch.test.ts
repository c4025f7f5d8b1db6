import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldSet, type ReadModelSet, type Recorded, tablesOf } from '@plenum/read-model';
import fc from 'fast-check';
import { Weather } from './errors.ts';
import type { LogRecord } from './log.ts';
import { projectBatch } from './project-batch.ts';
import type { ReadModelStore } from './read-model-store.ts';
import { type MemoryFailures, memoryReadModelStore } from './testing/memory-read-model-store.ts';
import { batchOf, somethingElse, thingRecords, thingSaid, thingsCodec, thingsSet } from './testing/sample-things.ts';

const set = thingsSet;
const at = { topic: 'things', partition: 0 };

describe('a batch that does not fit the checkpoint', () => {
  it('changes nothing and says where to read when records before it are missing', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'b'), said(3, 'b')]);
    await project(store, records, 0, 1);
    const projected = await project(store, records, 2, 4);
    assert.equal(projected.next, 1n);
    assert.equal(projected.sums.read, 0);
    assert.equal(await store.position(set, at), 1n);
    assert.equal(store.rows(set, 'things').size, 1);
  });

  it('skips what is in already, and takes the rest', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'a')]);
    await project(store, records, 0, 2);
    assert.equal((await project(store, records, 0, 2)).next, 2n);
    assert.equal((await project(store, records, 1, 3)).sums.read, 1);
    assert.deepEqual(store.sums(set), { read: 3, applied: 3, duplicates: 0, notForIt: 0, parked: 0 });
  });

  it('moves over a hole in the log', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'a')]);
    const holed = { ...batchOf(records, 0), records: records.slice(2) };
    assert.equal((await projectBatch({ store, codec: thingsCodec, set }, holed)).next, 3n);
    assert.equal(store.sums(set).read, 1);
  });
});

describe('poison', () => {
  it('parks the key of a record nobody can read, and what is behind it, and nothing else', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), 'a', said(2, 'b'), said(3, 'a'), somethingElse(4, 'a'), said(5, 'a')]);
    await project(store, records, 0, 4);
    await project(store, records, 4, 6);
    assert.deepEqual(parkedIn(store), ['1 a undecodable', '3 a behind', '4 a behind', '5 a behind']);
    assert.deepEqual(store.sums(set), { read: 6, applied: 2, duplicates: 0, notForIt: 0, parked: 4 });
  });

  it('parks the key of a row the store refuses, from that record on', async () => {
    const store = await prepared();
    const poison = thingSaid(3, { thing: 'a', value: 1, timeUs: 3, note: '{"x": "a\\u0000b"}' });
    const records = thingRecords([said(0, 'a'), said(1, 'b'), said(2, 'a'), poison, said(4, 'a'), 'a', said(6, 'b')]);
    await project(store, records, 0);
    assert.deepEqual(parkedIn(store), ['3 a 22P05', '4 a behind', '5 a behind']);
    assert.deepEqual(store.sums(set), { read: 7, applied: 4, duplicates: 0, notForIt: 0, parked: 3 });
    const [first] = store.parked(set);
    assert.equal(first?.eventId, poison.id);
    assert.deepEqual(first?.value, records[3]?.value);
  });

  it('costs one attempt when there is none', async () => {
    const store = await prepared();
    let attempts = 0;
    const counting: ReadModelStore = {
      ...store,
      transact: (of, place, work) =>
        store.transact(of, place, (tx) => {
          const attempt: typeof tx.attempt = (inner) => {
            attempts += 1;
            return tx.attempt(inner);
          };
          return work({ ...tx, attempt, parkedKeys: () => assert.fail('nothing was ever parked') });
        }),
    };
    await project(counting, thingRecords(Array.from({ length: 1000 }, (_, id) => said(id, `t${id % 7}`))), 0);
    assert.equal(attempts, 1);
  });
});

describe('weather and bugs', () => {
  for (const when of ['before', 'after'] as const) {
    it(`parks nothing when the connection is lost ${when} the commit, and the same batch again settles it`, async () => {
      const strikes: ('before' | 'after' | 'none')[] = [when];
      const store = await prepared({ atCommit: () => strikes.shift() ?? 'none' });
      const records = thingRecords([said(0, 'a'), said(1, 'b'), said(2, 'a')]);
      await assert.rejects(project(store, records, 0), Weather);
      assert.equal((await project(store, records, 0)).next, 3n);
      assert.deepEqual(store.sums(set), { read: 3, applied: 3, duplicates: 0, notForIt: 0, parked: 0 });
      assert.deepEqual(foldedIn(store), expectedOf(records).rows);
    });
  }

  it('passes on weather met by a statement, unbisected', async () => {
    const store = await prepared();
    let saves = 0;
    const stormy: ReadModelStore = {
      ...store,
      transact: (of, place, work) =>
        store.transact(of, place, (tx) => {
          const save = async (): Promise<never> => {
            saves += 1;
            throw new Weather('40P01', 'deadlock detected');
          };
          return work({ ...tx, save });
        }),
    };
    await assert.rejects(project(stormy, thingRecords([said(0, 'a'), said(1, 'b')]), 0), Weather);
    assert.equal(saves, 1);
    assert.deepEqual([store.sums(set).read, store.parked(set).length], [0, 0]);
  });

  it('passes on a bug in a fold, and changes nothing', async () => {
    const store = await prepared();
    const bug = new TypeError('not a function');
    const broken: ReadModelSet = {
      ...set,
      folds: set.folds.map((fold) => ({
        ...fold,
        fold: () => {
          throw bug;
        },
      })),
    };
    const work = projectBatch({ store, codec: thingsCodec, set: broken }, batchOf(thingRecords([said(0, 'a')]), 0));
    await assert.rejects(work, (error) => error === bug);
    assert.deepEqual([store.sums(set).read, store.parked(set).length], [0, 0]);
  });
});

describe('however the log is cut, redelivered and interrupted', () => {
  it('comes to the fold of the log, parks the same records, and the sums balance', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anItem, { maxLength: 60 }), fc.array(aDelivery), async (items, deliveries) => {
        const records = thingRecords(items);
        const strikes = deliveries.map(({ strike }) => strike);
        const store = await prepared({ atCommit: () => strikes.shift() ?? 'none' });
        await deliver(store, records, deliveries);
        const expected = expectedOf(records);
        assert.deepEqual(foldedIn(store), expected.rows);
        assert.deepEqual(parkedIn(store), expected.parked);
        const { read, applied, duplicates, notForIt, parked } = store.sums(set);
        assert.equal(read, records.length);
        assert.equal(read, applied + duplicates + notForIt + parked);
        assert.equal(applied, store.rows(set, 'things').size);
      }),
      { numRuns: 500 },
    ));
});

type Delivery = { readonly from: number; readonly length: number; readonly strike: 'none' | 'before' | 'after' };

const aDelivery: fc.Arbitrary<Delivery> = fc.record({
  from: fc.integer({ min: -20, max: 5 }),
  length: fc.integer({ min: 1, max: 25 }),
  strike: fc.constantFrom('none', 'none', 'before', 'after'),
});

const anItem = fc
  .oneof(
    {
      weight: 20,
      arbitrary: fc.record({ id: fc.nat(40), thing: fc.nat(3), value: fc.double({ noNaN: true, min: -9, max: 9 }) }),
    },
    { weight: 1, arbitrary: fc.record({ id: fc.nat(40), thing: fc.nat(3), poison: fc.constant(true) }) },
    { weight: 1, arbitrary: fc.record({ thing: fc.nat(3), undecodable: fc.constant(true) }) },
    { weight: 2, arbitrary: fc.record({ id: fc.nat(40), thing: fc.nat(3), other: fc.constant(true) }) },
  )
  .map((item) => {
    const thing = `t${item.thing}`;
    if ('undecodable' in item) return thing;
    if ('other' in item) return somethingElse(item.id, thing);
    const note = 'poison' in item ? '{"x": "a\\u0000b"}' : '{"x": 1}';
    const value = 'value' in item ? item.value : 0;
    // An id says what it is about, so that one met again is the same event; its time makes some arrive late.
    return thingSaid(item.id * 4 + item.thing, { thing, value, timeUs: ((item.id * 37) % 100) * 1_000_000, note });
  });

/** Hands over batches around the checkpoint, some too early and some too late, until everything is in. */
const deliver = async (
  store: ReadModelStore,
  records: readonly LogRecord[],
  deliveries: readonly Delivery[],
): Promise<void> => {
  for (const { from, length } of [...deliveries, ...calm]) {
    const start = Math.min(Math.max(0, Number(await store.position(set, at)) + from), records.length);
    const work = project(store, records, start, Math.min(start + length, records.length));
    await work.catch((error: unknown) => assert.ok(error instanceof Weather, String(error)));
  }
};
const calm: readonly Delivery[] = Array.from({ length: 6 }, () => ({ from: 0, length: 60, strike: 'none' }));

/** What must come out, said without batches, bisecting or a store. */
const expectedOf = (records: readonly LogRecord[]) => {
  const keys = new Set<string>();
  const parked: string[] = [];
  const events: Recorded[] = [];
  for (const record of records) {
    const decoded = thingsCodec.decode(record);
    if (keys.has(record.key)) {
      parked.push(`${record.offset} ${record.key} behind`);
    } else if (decoded.outcome === 'undecodable') {
      keys.add(record.key);
      parked.push(`${record.offset} ${record.key} undecodable`);
    } else {
      const recorded = { event: decoded.event, partition: 0, offset: record.offset };
      const isPoison = String(set.entry(recorded) && JSON.stringify(decoded.event.data)).includes('u0000');
      if (isPoison) {
        keys.add(record.key);
        parked.push(`${record.offset} ${record.key} 22P05`);
      } else {
        events.push(recorded);
      }
    }
  }
  return { parked, rows: foldSet(set, events) };
};

type Prepared = ReturnType<typeof memoryReadModelStore>;

const prepared = async (failures: MemoryFailures = {}): Promise<Prepared> => {
  const store = memoryReadModelStore(failures);
  await store.prepare(set, [at]);
  return store;
};

const project = (store: ReadModelStore, records: readonly LogRecord[], from: number, to = records.length) =>
  projectBatch({ store, codec: thingsCodec, set }, batchOf(records, from, to));

const said = (id: number, thing: string) => thingSaid(id, { thing, value: id / 10, timeUs: id * 1_000_000 });

const parkedIn = (store: Prepared): readonly string[] =>
  store.parked(set).map(({ offset, key, code }) => `${offset} ${key} ${code}`);

const foldedIn = (store: Prepared) => new Map(tablesOf(set).map(({ name }) => [name, store.rows(set, name)]));
