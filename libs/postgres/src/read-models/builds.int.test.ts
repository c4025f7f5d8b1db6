import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { type Build, buildOf, defineProjection, type Row, type Table } from '@plenum/read-model';
import { postgresReadModelStore } from './postgres-read-model-store.ts';

const at = { topic: 'lamps', partition: 0 };

describe('versions of a projection', () => {
  it('are seen by queries one at a time, whole, and only when active', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const seen = async (table: string): Promise<readonly object[]> => (await pool.query(`select * from ${table}`)).rows;
    const first = lamps(1, [lamp, bulb]);
    await store.prepare(first, [at]);
    await store.transact(first, at, (tx) => tx.save(lamp, [{ id: 'a', watts: 40 }]));
    assert.deepEqual(await seen('lamp'), [{ id: 'a', watts: 40 }]);

    const second = lamps(2, [widerLamp, socket]);
    await store.prepare(second, [at]);
    await store.transact(second, at, (tx) => tx.save(widerLamp, [{ id: 'a', lumens: 470n }]));
    assert.deepEqual(await seen('lamp'), [{ id: 'a', watts: 40 }]);
    await assert.rejects(seen('socket'), /does not exist/);

    await store.activate(second);
    assert.deepEqual(await seen('lamp'), [{ id: 'a', lumens: '470' }]);
    assert.deepEqual(await seen('socket'), []);
    await assert.rejects(seen('bulb'), /does not exist/);
  });

  it('are exchanged and dropped under queries that go on, none of which fails', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const [first, second] = [lamps(1, [lamp]), buildOf(lamps(1, [lamp]), 2)];
    for (const [build, watts] of [
      [first, 40],
      [second, 41],
    ] as const) {
      await store.prepare(build, [at]);
      await store.transact(build, at, (tx) => tx.save(lamp, [{ id: 'a', watts }]));
    }
    await pool.query('create view public.brightest as select max(watts) as watts from public.lamp');
    const reader = await pool.connect();
    try {
      await reader.query('begin isolation level repeatable read');
      assert.deepEqual((await reader.query('select watts from lamp')).rows, [{ watts: 40 }]);
      assert.equal(await store.activate(second), 'behind', 'the reader is in the way, and is not made to wait');
      assert.deepEqual((await reader.query('select watts from lamp')).rows, [{ watts: 40 }]);
      assert.deepEqual((await pool.query('select watts from lamp')).rows, [{ watts: 40 }]);
      await reader.query('commit');
      // One that reads the old tables themselves, as `replay verify` does, is no hindrance to the exchange.
      await reader.query('begin isolation level repeatable read; select from lamps_v1_g1.lamp');
      assert.equal(await store.activate(second), 'active');
      assert.equal(await store.dropRetired(), 1);
      assert.deepEqual((await reader.query('select watts from lamps_v1_g1.lamp')).rows, [{ watts: 40 }]);
      await reader.query('commit');
    } finally {
      reader.release();
    }
    assert.equal(await store.dropRetired(), 0);
    assert.deepEqual((await pool.query('select watts from brightest')).rows, [{ watts: 41 }]);
    const { rows } = await pool.query("select nspname from pg_namespace where nspname like 'lamps%'");
    assert.deepEqual(rows, [{ nspname: 'lamps_v1_g2' }]);
  });

  it('are exchanged only when what queries have seen is in, which is waited for', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const [first, second] = [lamps(1, [lamp]), buildOf(lamps(1, [lamp]), 2)];
    const counted = { read: 5, applied: 5, duplicates: 0, notForIt: 0, parked: 0 };
    for (const build of [first, second]) await store.prepare(build, [at]);
    await store.transact(first, at, (tx) => tx.advance(5n, counted));
    const caughtUp = Promise.withResolvers<void>();
    const behind = store.transact(second, at, async (tx) => {
      await caughtUp.promise;
      await tx.advance(5n, counted);
    });
    const activated = store.activate(second);
    for (let waits = false; !waits; ) {
      const { rows } = await pool.query(
        "select from pg_stat_activity where query like '%a.next_offset > b.next_offset%'",
      );
      waits = rows.length > 1;
    }
    caughtUp.resolve();
    await behind;
    assert.equal(await activated, 'active');
  });

  it('are exchanged in a process with fewer connections than partitions, which does not stand still', async (t) => {
    const { pool } = await testDatabase(t, { connectionsMax: 4 });
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const [first, second] = [lamps(1, [lamp]), buildOf(lamps(1, [lamp]), 2)];
    const places = Array.from({ length: 8 }, (_, partition) => ({ ...at, partition }));
    for (const build of [first, second]) await store.prepare(build, places);
    const step = (build: Build, partition: number): Promise<void> =>
      store.transact(build, { ...at, partition }, (tx) =>
        tx.advance(tx.checkpoint.next + 1n, { read: 1, applied: 1, duplicates: 0, notForIt: 0, parked: 0 }),
      );
    // What the live build has is behind by one wherever the new one is, until that one has caught up.
    await Promise.all(places.map(({ partition }) => step(first, partition)));
    let isOver = false;
    const activated = store.activate(second).finally(() => {
      isOver = true;
    });
    const live = places.map(async ({ partition }) => {
      await step(first, partition);
      assert.ok(isOver, 'no batch of the live build takes a connection during the exchange');
    });
    for (const { partition } of places) await step(second, partition);
    assert.equal(await activated, 'active');
    const gone = await Promise.allSettled(live);
    assert.deepEqual(new Set(gone.map(({ status }) => status)), new Set(['fulfilled']));
  });

  it('keep what users have built on their views where columns only come behind the others', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const longer = { ...lamp, columns: { ...lamp.columns, lumens: { type: 'bigint', about: 'Light.' } } } as const;
    await store.prepare(lamps(1, [lamp]), [at]);
    await pool.query('create view public.brightest as select max(watts) as watts from public.lamp');
    await store.prepare(lamps(2, [longer]), [at]);
    await store.transact(lamps(2, [longer]), at, (tx) => tx.save(longer, [{ id: 'a', watts: 7, lumens: 5n }]));
    assert.equal(await store.activate(lamps(2, [longer])), 'active');
    assert.deepEqual((await pool.query('select b.watts, lumens from brightest b, lamp')).rows, [
      { watts: 7, lumens: '5' },
    ]);
  });

  it('wait while something is built on a view that has to be dropped, which is said once', async (t) => {
    const { pool } = await testDatabase(t);
    const warnings: string[] = [];
    const warn = (fields: object): void => void warnings.push(JSON.stringify(fields));
    const store = postgresReadModelStore({ pool, logger: { ...silentLogger, warn } });
    await store.prepare(lamps(1, [lamp]), [at]);
    await pool.query('create view public.brightest as select max(watts) as watts from public.lamp');
    await store.prepare(lamps(2, [widerLamp]), [at]);
    for (const _ of [1, 2]) assert.equal(await store.activate(lamps(2, [widerLamp])), 'behind');
    assert.equal(warnings.length, 1);
    assert.match(warnings.join(), /view brightest depends on view lamp/);
    assert.deepEqual((await pool.query('select watts from lamp')).rows, []);
    await pool.query('drop view public.brightest');
    assert.equal(await store.activate(lamps(2, [widerLamp])), 'active');
  });

  it('keep the grants on a view that is made anew', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const role = `reader "of" ${randomUUID()}`;
    const name = `"${role.replaceAll('"', '""')}"`;
    await pool.query(`create role ${name}`);
    try {
      await store.prepare(lamps(1, [lamp]), [at]);
      await pool.query(`grant select on public.lamp to ${name} with grant option; grant select on public.lamp to public;
      grant update (id), references (watts) on public.lamp to ${name}`);
      await store.prepare(lamps(2, [widerLamp]), [at]);
      assert.equal(await store.activate(lamps(2, [widerLamp])), 'active');
      const { rows } = await pool.query(
        `select has_table_privilege($1, 'lamp', 'select with grant option') as whole,
              has_column_privilege($1, 'lamp', 'id', 'update') as id,
              has_column_privilege($1, 'lamp', 'lumens', 'references') as lumens,
              (select count(*)::int from pg_class, aclexplode(relacl) g where oid = 'lamp'::regclass and g.grantee = 0) as all`,
        [role],
      );
      assert.deepEqual(rows, [{ whole: true, id: true, lumens: false, all: 1 }]);
    } finally {
      await pool.query(`drop owned by ${name}; drop role ${name}`);
    }
  });

  it('have their views where their tables say, each projection its own', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const [placed, placedAgain] = [1, 2].map((generation) =>
      buildOf(lamps(1, [{ ...lamp, schema: 'house' }]), generation),
    );
    if (placed === undefined || placedAgain === undefined) assert.fail();
    await pool.query('create table public.lamp (mine text)');
    await store.prepare(placed, [at]);
    await store.prepare(placedAgain, [at]);
    await store.transact(placedAgain, at, (tx) => tx.save(lamp, [{ id: 'a', watts: 7 }]));
    await store.activate(placedAgain);
    assert.deepEqual((await pool.query('select watts from house.lamp')).rows, [{ watts: 7 }]);
    assert.deepEqual((await pool.query('select * from public.lamp')).rows, []);
  });

  it('refuse two tables of one name', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    const twice = lamps(1, [lamp, { ...lamp, schema: 'house' }]);
    await assert.rejects(store.prepare(twice, [at]), /two tables called lamp/);
  });

  it('keep an older program from writing', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    await store.prepare(lamps(2, [lamp]), [at]);
    await assert.rejects(store.prepare(lamps(1, [lamp]), [at]), /at version 2 here, and this program has version 1/);
  });

  it('must rise when a table changes', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger });
    await store.prepare(lamps(1, [lamp]), [at]);
    await store.prepare(lamps(1, [lamp]), [at]);
    for (const other of [widerLamp, { ...lamp, key: ['id', 'watts'] }, nullable(lamp)]) {
      await assert.rejects(store.prepare(lamps(1, [other]), [at]), /raise the version/);
    }
  });

  it('leave comments for people who look into the database', async (t) => {
    const { pool } = await testDatabase(t);
    await postgresReadModelStore({ pool, logger: silentLogger }).prepare(lamps(1, [lamp]), [at]);
    const { rows } = await pool.query(
      `select obj_description('lamps_v1_g1.lamp'::regclass) as table_about, col_description('lamps_v1_g1.lamp'::regclass, 2) as
              column_about, obj_description('public.lamp'::regclass) as view_about`,
    );
    assert.deepEqual(rows[0], { table_about: "A room's lamp.", column_about: 'Power.', view_about: "A room's lamp." });
  });
});

const about = "A room's lamp.";
const id = { type: 'text', about: 'Which.' } as const;
const lamp: Table = {
  name: 'lamp',
  about,
  columns: { id, watts: { type: 'integer', about: 'Power.' } },
  key: ['id'],
  indexes: [['watts']],
};
const widerLamp: Table = { ...lamp, columns: { id, lumens: { type: 'bigint', about: 'Light.' } }, indexes: [] };
const bulb: Table = { ...lamp, name: 'bulb' };
const socket: Table = { ...lamp, name: 'socket' };

const nullable = (table: Table): Table => ({
  ...table,
  columns: { ...table.columns, watts: { type: 'integer', about: 'Power.', nullable: true } },
});

const lamps = (version: number, tables: readonly Table[]): Build =>
  buildOf(
    defineProjection<Row>({
      name: 'lamps',
      version,
      about,
      topics: [at.topic],
      entry: () => undefined,
      folds: tables.map((table) => ({
        table: table as Table<never>, // The folds of this projection are never called.
        keyOf: ({ id: key }: Row) => ({ id: key }),
        fold: (row: Row | undefined, entry: Row) => row ?? entry,
      })),
    }),
  );
