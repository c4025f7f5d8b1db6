import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { defineProjection, type Row } from '@plenum/read-model';
import { projectBatch, type Snapshot, TransientFailure } from '@plenum/runtime';
import { batchOf, thingRecords, thingSaid, thingsCodec, thingsProjection, thingsTopic } from '@plenum/runtime/testing';
import type pg from 'pg';
import { postgresReadModelStore } from '../read-models/postgres-read-model-store.ts';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { postgresSnapshotStore } from './postgres-snapshot-store.ts';

const at = { topic: thingsTopic.name, partition: 0 };
const things = { ...thingsProjection, generation: 1 };
const records = thingRecords(
  Array.from({ length: 20 }, (_, n) =>
    thingSaid(n, { thing: `t${n % 3}`, value: n, timeUs: 1_772_615_702_118_204 + n }),
  ),
);

describe('a snapshot of read models', () => {
  it('shows rows and positions of one moment, whatever is written meanwhile', async (t) => {
    const { pool, project } = await projecting(t);
    await project(0, 5);
    const counted = async ({ sql, stream, positions }: Snapshot): Promise<number> => {
      const [row] = await sql<{ rows: number }>('select count(*) as rows from things');
      let streamed = 0;
      for await (const rows of stream('select * from things')) streamed += rows.length;
      const [minutes] = await sql<{ times: number }>('select sum(times) as times from things_minutes');
      assert.deepEqual([row?.rows, minutes?.times], [streamed, streamed]);
      assert.deepEqual(positions, [{ projection: 'things', ...at, next: BigInt(streamed) }]);
      return streamed;
    };
    await postgresSnapshotStore({ pool }).readSnapshot([things], async (snapshot) => {
      assert.equal(await counted(snapshot), 5);
      await project(5, 20);
      assert.equal(await counted(snapshot), 5);
    });
    await postgresSnapshotStore({ pool }).readSnapshot([things], async (snapshot) => {
      assert.equal(await counted(snapshot), 20);
    });
  });

  it('agrees in all of its moments with how far the projection is', async (t) => {
    const { pool, project } = await projecting(t);
    const store = postgresSnapshotStore({ pool });
    let isDone = false;
    const projected = (async () => {
      for (let from = 0; from < 20; from += 1) await project(from, from + 1);
      isDone = true;
    })();
    const seen = new Set<bigint>();
    while (!isDone) {
      await store.readSnapshot([things], async ({ sql, positions }) => {
        const [row] = await sql<{ rows: number }>('select count(*) as rows from things');
        assert.equal(BigInt(row?.rows ?? -1), positions[0]?.next);
        seen.add(positions[0]?.next ?? -1n);
      });
    }
    await projected;
    assert.ok(seen.size > 1, 'it was looked at only once');
  });

  it('shows values as the Sql port does', async (t) => {
    const { pool, project } = await projecting(t);
    await project(0, 1);
    await postgresSnapshotStore({ pool }).readSnapshot([things], async ({ sql, stream }) => {
      const text = 'select thing, value, time, log_offset, note from things where thing = $1 and value < $2';
      const expected = [{ thing: 't0', value: 0, time: '2026-03-04T09:15:02.118204Z', log_offset: 0, note: null }];
      assert.deepEqual(plain(await sql<object>(text, ['t0', 1])), expected);
      const streamed: object[] = [];
      for await (const rows of stream<object>(text, ['t0', 1])) streamed.push(...rows);
      assert.deepEqual(plain(streamed), expected);
    });
  });

  it('stays with the builds that were active, though others become active and these are given up', async (t) => {
    const { pool } = await testDatabase(t);
    const models = postgresReadModelStore({ pool, logger: silentLogger });
    const [first, second] = [lamps(1), lamps(2)];
    await models.prepare(first, [lampsAt]);
    await models.transact(first, lampsAt, (tx) => tx.save(lamp, [{ id: 'a', watts: 40 }]));
    const watts = async ({ sql }: Pick<Snapshot, 'sql'>): Promise<unknown> =>
      plain(await sql('select watts from lamp'));
    const store = postgresSnapshotStore({ pool });
    await store.readSnapshot([first], async (snapshot) => {
      assert.deepEqual(await watts(snapshot), [{ watts: 40 }]);
      await models.prepare(second, [lampsAt]);
      await models.transact(second, lampsAt, (tx) => tx.save(lamp, [{ id: 'a', watts: 60 }]));
      await models.activate(second);
      assert.deepEqual(await watts(snapshot), [{ watts: 40 }]);
      const dropped = pool.query(`set lock_timeout = '50ms'; drop schema lamps_v1_g1 cascade`);
      await assert.rejects(dropped, { code: '55P03' }, 'it holds the tables that it may still read');
      assert.deepEqual(await watts(snapshot), [{ watts: 40 }]);
    });
    await store.readSnapshot([first], async (snapshot) => assert.deepEqual(await watts(snapshot), [{ watts: 60 }]));
  });

  it('takes no writes', async (t) => {
    const { pool } = await projecting(t);
    const written = postgresSnapshotStore({ pool }).readSnapshot([things], ({ sql }) =>
      sql('create table things_too ()'),
    );
    await assert.rejects(written, /read-only transaction/);
  });

  it('is a transient failure before there is anything to look at', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresSnapshotStore({ pool });
    const isNotPrepared = { name: TransientFailure.name, code: 'not-prepared' };
    await assert.rejects(
      store.readSnapshot([things], async () => assert.fail('it was looked at')),
      isNotPrepared,
    );
    await postgresReadModelStore({ pool, logger: silentLogger }).prepare(things, [at]);
    const some = store.readSnapshot([things, { name: 'others' }], async () => assert.fail('it was looked at'));
    await assert.rejects(some, isNotPrepared);
    assert.equal(await store.readSnapshot([things], async ({ positions }) => positions[0]?.next), 0n);
  });
});

const about = 'For the test.';
const lampsAt = { topic: 'lamps', partition: 0 };
const lamp = {
  schema: 'street',
  name: 'lamp',
  about,
  columns: { id: { type: 'text', about }, watts: { type: 'integer', about } },
  key: ['id'],
} as const;

const lamps = (version: number) => {
  const fold = {
    table: lamp,
    keyOf: ({ id }: Row) => ({ id }),
    fold: (row: Row | undefined, entry: Row) => row ?? entry,
  };
  const declared = { name: 'lamps', version, about, topics: ['lamps'], entry: () => undefined, folds: [fold] };
  return { ...defineProjection<Row>(declared), generation: 1 };
};

/** The driver's rows have no prototype of their own. */
const plain = (rows: readonly object[]): readonly object[] => rows.map((row) => ({ ...row }));

type Projecting = { readonly pool: pg.Pool; readonly project: (from: number, to: number) => Promise<void> };

const projecting = async (t: TestContext): Promise<Projecting> => {
  const { pool } = await testDatabase(t);
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  await store.prepare(things, [at]);
  const project = async (from: number, to: number): Promise<void> => {
    await projectBatch({ store, codec: thingsCodec, projection: things }, batchOf(records, from, to));
  };
  return { pool, project };
};
