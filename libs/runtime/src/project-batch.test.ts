import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Build, defineFold, defineProjection, type Recorded, type Row, tablesOf } from '@plenum/read-model';
import { TransientFailure } from './errors.ts';
import type { LogRecord } from './log.ts';
import { projectBatch } from './project-batch.ts';
import type { ReadModelStore } from './read-model-store.ts';
import { rowCache } from './row-cache.ts';
import { deliver } from './testing/deliveries.ts';
import { type MemoryFailures, memoryReadModelStore } from './testing/memory-read-model-store.ts';
import { plotRecords, plotsAt, plotsProperty } from './testing/plots-property.ts';
import { expectedOf, projectionProperty } from './testing/projection-property.ts';
import { plotsCodec, plotsProjection } from './testing/sample-plots.ts';
import {
  batchOf,
  ledgerlessProjection,
  somethingElse,
  thingRecords,
  thingSaid,
  thingsCodec,
  thingsProjection,
} from './testing/sample-things.ts';

const projection = thingsProjection;
const at = { topic: 'things', partition: 0 };

describe('a batch that does not fit the checkpoint', () => {
  it('changes nothing and says where to read when records before it are missing', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'b'), said(3, 'b')]);
    await project(store, records, 0, 1);
    const projected = await project(store, records, 2, 4);
    assert.equal(projected.next, 1n);
    assert.equal(projected.counters.read, 0);
    assert.equal(await store.position(projection, at), 1n);
    assert.equal(store.rows(projection, 'things').size, 1);
  });

  it('skips what is in already, and takes the rest', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'a')]);
    await project(store, records, 0, 2);
    assert.equal((await project(store, records, 0, 2)).next, 2n);
    assert.equal((await project(store, records, 1, 3)).counters.read, 1);
    assert.deepEqual(store.counters(projection), { read: 3, applied: 3, duplicates: 0, notForIt: 0, parked: 0 });
  });

  it('moves over a hole in the log', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'a')]);
    const holed = { ...batchOf(records, 0), records: records.slice(2) };
    assert.equal((await projectBatch({ store, codec: thingsCodec, projection }, holed)).next, 3n);
    assert.equal(store.counters(projection).read, 1);
  });
});

describe('poison', () => {
  it('parks the key of a record nobody can read, and what is behind it, and nothing else', async () => {
    const store = await prepared();
    const records = thingRecords([said(0, 'a'), 'a', said(2, 'b'), said(3, 'a'), somethingElse(4, 'a'), said(5, 'a')]);
    await project(store, records, 0, 4);
    await project(store, records, 4, 6);
    assert.deepEqual(parkedIn(store), ['1 a undecodable', '3 a behind', '4 a behind', '5 a behind']);
    assert.deepEqual(store.counters(projection), { read: 6, applied: 2, duplicates: 0, notForIt: 0, parked: 4 });
  });

  it('parks the key of a row the store refuses, from that record on', async () => {
    const store = await prepared();
    const poison = thingSaid(3, { thing: 'a', value: 1, timeUs: 3, note: '{"x": ' });
    const records = thingRecords([said(0, 'a'), said(1, 'b'), said(2, 'a'), poison, said(4, 'a'), 'a', said(6, 'b')]);
    await project(store, records, 0);
    assert.deepEqual(parkedIn(store), ['3 a 22P02', '4 a behind', '5 a behind']);
    assert.deepEqual(store.counters(projection), { read: 7, applied: 4, duplicates: 0, notForIt: 0, parked: 3 });
    const [first] = store.parked(projection);
    assert.equal(first?.eventId, poison.id);
    assert.deepEqual(first?.value, records[3]?.value);
  });

  it('costs one attempt when there is none', async () => {
    const store = await prepared();
    let attempts = 0;
    const counting: ReadModelStore = {
      ...store,
      transactTogether: (of, places, work) =>
        store.transactTogether(of, places, (tx) => {
          const attempt: typeof tx.attempt = (inner) => {
            attempts += 1;
            return tx.attempt(inner);
          };
          const parkedKeys = () => assert.fail('nothing was ever parked');
          return work({ ...tx, attempt, partitions: tx.partitions.map((one) => one && { ...one, parkedKeys }) });
        }),
    };
    await project(counting, thingRecords(Array.from({ length: 1000 }, (_, id) => said(id, `t${id % 7}`))), 0);
    assert.equal(attempts, 1);
  });
});

describe('transient failures and bugs', () => {
  for (const when of ['before', 'after'] as const) {
    it(`parks nothing when the connection is lost ${when} the commit, and the same batch again settles it`, async () => {
      const strikes: ('before' | 'after' | 'none')[] = [when];
      const store = await prepared({ atCommit: () => strikes.shift() ?? 'none' });
      const records = thingRecords([said(0, 'a'), said(1, 'b'), said(2, 'a')]);
      await assert.rejects(project(store, records, 0), TransientFailure);
      assert.equal((await project(store, records, 0)).next, 3n);
      assert.deepEqual(store.counters(projection), { read: 3, applied: 3, duplicates: 0, notForIt: 0, parked: 0 });
      assert.deepEqual(foldedIn(store), expectedOf(projection, records).rows);
    });
  }

  it('begins a row anew that is not there any more, though it was remembered', async () => {
    const store = await prepared();
    const projector = { store, codec: thingsCodec, projection, cache: rowCache() };
    const records = thingRecords([said(0, 'a'), said(1, 'b'), said(2, 'a'), said(3, 'b')]);
    await projectBatch(projector, batchOf(records, 0, 2));
    await store.transact(projection, at, async (tx) => {
      for (const { table } of projection.folds) {
        const keys = [...store.rows(projection, table.name).values()].filter(({ thing }) => thing === 'a');
        await tx.remove(table, keys);
      }
    });
    const batch = batchOf(records, 2);
    await assert.rejects(projectBatch(projector, batch), TransientFailure);
    assert.deepEqual(store.counters(projection).read, 2);
    assert.equal((await projectBatch(projector, batch)).next, 4n);
    const latest = [...store.rows(projection, 'things_latest').values()];
    assert.deepEqual(latest.map(({ thing, log_offset }) => `${thing} ${log_offset}`).sort(), ['a 2', 'b 3']);
  });

  it('passes on a transient failure met by a statement, unbisected', async () => {
    const store = await prepared();
    let saves = 0;
    const stormy: ReadModelStore = {
      ...store,
      transactTogether: (of, places, work) =>
        store.transactTogether(of, places, (tx) => {
          const save = async (): Promise<never> => {
            saves += 1;
            throw new TransientFailure('40P01', 'deadlock detected');
          };
          return work({ ...tx, save });
        }),
    };
    await assert.rejects(project(stormy, thingRecords([said(0, 'a'), said(1, 'b')]), 0), TransientFailure);
    assert.equal(saves, projection.folds.length, 'every table once');
    assert.deepEqual([store.counters(projection).read, store.parked(projection).length], [0, 0]);
  });

  it('passes on a bug in a fold, and changes nothing', async () => {
    const store = await prepared();
    const bug = new TypeError('not a function');
    const broken: Build = {
      ...projection,
      folds: projection.folds.map((fold) => ({
        ...fold,
        fold: () => {
          throw bug;
        },
      })),
    };
    const work = projectBatch(
      { store, codec: thingsCodec, projection: broken },
      batchOf(thingRecords([said(0, 'a')]), 0),
    );
    await assert.rejects(work, (error) => error === bug);
    assert.deepEqual([store.counters(projection).read, store.parked(projection).length], [0, 0]);
  });
});

describe('however the log is cut, redelivered and interrupted', () => {
  for (const each of [projection, ledgerlessProjection]) {
    it(`comes to the fold of the log, parks the same records, and the counters balance: ${each.name}`, () =>
      projectionProperty(500, async () => {
        const store = memoryReadModelStore();
        await store.prepare(each, [at]);
        const rows = () => new Map(tablesOf(each).map(({ name }) => [name, store.rows(each, name)]));
        return {
          store,
          projection: each,
          outcome: async () => ({ rows: rows(), parked: parkedIn(store, each), counters: store.counters(each) }),
        };
      }));
  }
});

describe('rows that end, values that are unique, several rows of an event', () => {
  it('come to what comes of records one at a time, and parks the same', () =>
    plotsProperty(500, async () => {
      const store = memoryReadModelStore();
      await store.prepare(plotsProjection, [plotsAt]);
      return {
        store,
        projection: plotsProjection,
        rows: async ({ name }) => [...store.rows(plotsProjection, name).values()],
        parked: async () => parkedIn(store, plotsProjection),
        counters: async () => store.counters(plotsProjection),
      };
    }));

  it('let two rows exchange in one event what only one may hold', async () => {
    const store = memoryReadModelStore();
    await store.prepare(plotsProjection, [plotsAt]);
    const some = { estate: 'e', plot: '1', other: '2', label: 'a', otherLabel: 'b', place: 0, again: 0 };
    const records = plotRecords([
      { ...some, kind: 'measured' },
      { ...some, kind: 'measured', plot: '2', label: 'b' },
      { ...some, kind: 'exchanged' },
    ]);
    await deliver({ store, codec: plotsCodec, projection: plotsProjection, at: plotsAt, records }, []);
    const labels = [...store.rows(plotsProjection, 'plots').values()].map(({ plot, label }) => `${plot} ${label}`);
    assert.deepEqual(labels.sort(), ['1 b', '2 a']);
  });

  it('ends no row where nothing says what is new', () => {
    const fold = defineFold<Recorded, Row>({
      table: { name: 't', about: '', columns: { id: { type: 'text', about: '' } }, key: ['id'] },
      keyOf: () => ({ id: 'a' }),
      fold: (row) => (row === undefined ? { id: 'a' } : undefined),
    });
    const declared = { name: 'ends', version: 1, about: '', topics: ['t'], entry: (recorded: Recorded) => recorded };
    const [one] = defineProjection<Recorded>({ ...declared, folds: [fold] }).folds;
    assert.throws(() => one?.fold({ id: 'a' }, undefined, { id: 'a' }), /neither a ledger nor streams/);
    const both = { ...declared, ledger: fold.table as never, streams: ['t'], folds: [] };
    assert.throws(() => defineProjection<Recorded>(both), /only one of them/);
  });
});

describe('a transaction that is begun again', () => {
  const undone = new Error('undone');
  const saidAgain = () => thingRecords([said(0, 'a'), said(1, 'a'), said(2, 'a'), said(3, 'b'), said(4, 'a')]);

  /** Calls the work twice, and undoes the first; with the keys that the second loads. */
  const twice = (store: ReadModelStore, failsAt: 'insertNew' | 'commit', loaded: Row[]): ReadModelStore => ({
    ...store,
    transactTogether: async (of, places, work) => {
      const first = store.transactTogether(of, places, async (tx) => {
        await work(failsAt === 'commit' ? tx : { ...tx, insertNew: () => Promise.reject(undone) });
        throw undone;
      });
      await assert.rejects(first, (error) => error === undone);
      return store.transactTogether(of, places, (tx) => {
        const load: typeof tx.load = (table, keys) => {
          loaded.push(...keys);
          return tx.load(table, keys);
        };
        return work({ ...tx, load });
      });
    },
  });

  for (const failsAt of ['insertNew', 'commit'] as const) {
    it(`comes to the fold of the log when the first fails at ${failsAt}`, async () => {
      const store = await prepared();
      const records = saidAgain();
      const cache = rowCache();
      const loaded: Row[] = [];
      const projector = { store: twice(store, failsAt, loaded), codec: thingsCodec, projection, cache };
      await projectBatch(projector, batchOf(records, 0, 2));
      loaded.length = 0;
      await projectBatch(projector, batchOf(records, 2, 3));
      // What nothing was added to is as true as before.
      assert.equal(loaded.length > 0, failsAt === 'commit');
      await projectBatch(projector, batchOf(records, 3));
      assert.deepEqual(foldedIn(store), expectedOf(projection, records).rows);
      assert.deepEqual(store.counters(projection), { read: 5, applied: 5, duplicates: 0, notForIt: 0, parked: 0 });
    });
  }

  it('remembers nothing of before when somebody else has been there in between', async () => {
    const store = await prepared();
    const records = saidAgain();
    const parts = { codec: thingsCodec, projection, cache: rowCache() };
    await projectBatch({ store, ...parts }, batchOf(records, 0, 2));
    const overtaken: ReadModelStore = {
      ...store,
      transactTogether: async (of, places, work) => {
        const first = store.transactTogether(of, places, (tx) =>
          work({ ...tx, insertNew: () => Promise.reject(undone) }),
        );
        await assert.rejects(first, (error) => error === undone);
        await project(store, records, 2, 3);
        return store.transactTogether(of, places, work);
      },
    };
    await projectBatch({ store: overtaken, ...parts }, batchOf(records, 2));
    assert.deepEqual(foldedIn(store), expectedOf(projection, records).rows);
  });
});

type Prepared = ReturnType<typeof memoryReadModelStore>;

const prepared = async (failures: MemoryFailures = {}): Promise<Prepared> => {
  const store = memoryReadModelStore(failures);
  await store.prepare(projection, [at]);
  return store;
};

const project = (store: ReadModelStore, records: readonly LogRecord[], from: number, to = records.length) =>
  projectBatch({ store, codec: thingsCodec, projection }, batchOf(records, from, to));

const said = (id: number, thing: string) => thingSaid(id, { thing, value: id / 10, timeUs: id * 1_000_000 });

const parkedIn = (store: Prepared, of = projection): readonly string[] =>
  store.parked(of).map(({ offset, key, code }) => `${offset} ${key} ${code}`);

const foldedIn = (store: Prepared) =>
  new Map(tablesOf(projection).map(({ name }) => [name, store.rows(projection, name)]));
