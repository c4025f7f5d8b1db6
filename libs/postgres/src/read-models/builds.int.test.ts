import assert from 'node:assert/strict';
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
    const states = await pool.query('select version, state from plenum.projection order by version');
    assert.deepEqual(states.rows, [
      { version: 1, state: 'retired' },
      { version: 2, state: 'active' },
    ]);
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
