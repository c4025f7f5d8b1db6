/** Read models that say more: rows that end, unique expressions, geometry in a schema of its own; with PostGIS and without. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { postgisMissing } from '@plenum/embedded-postgres/testing';
import { decodeGeometry } from '@plenum/geometry';
import { postgisDatabase, silentLogger, type TestDatabase, testDatabase } from '@plenum/postgres/testing';
import { type Build, binder, type Projection, reachesInto, type Table } from '@plenum/read-model';
import { verifyProjection } from '@plenum/runtime';
import {
  deliver,
  memoryLog,
  type PlotChange,
  plotRecords,
  plotsAt,
  plotsCodec,
  plotsProjection,
  plotsProperty,
  plotsTopic,
} from '@plenum/runtime/testing';
import type pg from 'pg';
import { postgresVerificationStore } from '../replay/postgres-verification.ts';
import type { PostgisMode } from './geometry.ts';
import { schemaOf } from './names.ts';
import { postgresReadModelStore } from './postgres-read-model-store.ts';
import { tableStatements } from './statements.ts';

type Way = {
  readonly name: string;
  readonly skip: string | false;
  readonly database: (t: TestContext) => Promise<TestDatabase>;
  readonly postgis?: PostgisMode;
  readonly type: string;
};

const ways: readonly Way[] = [
  { name: 'without PostGIS', skip: false, database: (t) => testDatabase(t), type: 'bytea' },
  { name: 'with PostGIS', skip: postgisMissing, database: (t) => postgisDatabase(t), type: 'geometry(Polygon,4326)' },
  {
    name: 'with a PostGIS that it has to ask for',
    skip: postgisMissing,
    database: (t) => postgisDatabase(t, { postgis: 'available' }),
    postgis: 'require',
    type: 'geometry(Polygon,4326)',
  },
  {
    name: 'with a PostGIS in a schema of its own, which nobody looks in',
    skip: postgisMissing,
    database: async (t) => {
      const there = await postgisDatabase(t, { postgis: 'available' });
      await there.pool.query('create schema "my-gis"; create extension postgis schema "my-gis"');
      return there;
    },
    type: '"my-gis".geometry(Polygon,4326)',
  },
  {
    name: 'with a PostGIS that it is not to use',
    skip: postgisMissing,
    database: (t) => postgisDatabase(t),
    postgis: 'off',
    type: 'bytea',
  },
];

for (const way of ways) {
  describe(`plots of land, ${way.name}`, { skip: way.skip, timeout: 180_000 }, () => {
    it('come to what comes of records one at a time', async (t) => {
      const { store, pool } = await opened(t, way);
      let version = 0;
      await plotsProperty(12, async () => {
        version += 1; // A later version is an empty place beside the others, which is cheaper than another database.
        const projection = { ...plotsProjection, version };
        await store.prepare(projection, [plotsAt]);
        return {
          store,
          projection,
          rows: (table) => rowsOf(pool, projection, table),
          parked: () => parkedOf(pool, projection),
          counters: async () => (await store.transact(projection, plotsAt, async (tx) => tx.checkpoint)).counters,
        };
      });
    });

    it('are found in their schema, as what clients draw', async (t) => {
      const { pool, store, projection } = await projected(t, way);
      const { rows } = await pool.query(
        `select format_type(atttypid, atttypmod) as type from pg_attribute
          where attrelid = 'land.plots'::regclass and attname = 'outline'`,
      );
      assert.deepEqual(rows, [{ type: way.type }]);
      await assert.rejects(pool.query('select from public.stream_versions'), { code: '42P01' });
      const { rows: versions } = await pool.query('select version from plenum.plots_stream_versions order by 1');
      assert.deepEqual(
        versions.map(({ version }) => version),
        [1, 1, 2, 2],
      );
      await store.prepare(projection, [plotsAt]);
    });

    it('are found by boxes, through an index', async (t) => {
      const { pool } = await projected(t, way);
      const found = async (west: number, east: number): Promise<readonly string[]> => {
        const { parameters, bind } = binder();
        const where = reachesInto('p.outline', { west, east, south: 44, north: 46 }, bind);
        const text = `select p.plot from land.plots p where ${where} order by p.plot`;
        const { rows } = await pool.query(text, [...parameters]);
        return rows.map(({ plot }) => plot);
      };
      assert.deepEqual(await found(9, 10.999), ['1', '2']);
      assert.deepEqual(await found(10.999, 180), ['2']);
      assert.deepEqual(await found(20, 180), []);
      const client = await pool.connect();
      t.after(() => client.release());
      await client.query('set enable_seqscan = off');
      const { parameters, bind } = binder();
      const where = reachesInto('p.outline', { west: 0, east: 1, south: 0, north: 1 }, bind);
      const plan = await client.query(`explain select from land.plots p where ${where}`, [...parameters]);
      assert.match(JSON.stringify(plan.rows), /Index (?:Only )?Scan (?:using|on) plots_outline_box/);
    });

    it('are proven row by row, geometry and ended rows too', async (t) => {
      const { pool, verify, projection } = await projected(t, way);
      assert.deepEqual((await verify()).shown, []);
      const plots = `${schemaOf(projection)}.plots`;
      const kinds = async (change: string): Promise<readonly string[]> => {
        await pool.query(change);
        const { shown } = await verify();
        return shown.map(({ table, kind, column }) => `${table} ${kind} ${column ?? ''}`.trim());
      };
      assert.deepEqual(await kinds(`update ${plots} set outline_box = '(1,1),(0,0)' where plot = '1'`), [
        'plots changed outline_box',
      ]);
      const ended = await kinds(
        `insert into ${plots} (${columns}, plot, label) select ${columns}, '3', 'late' from ${plots} where plot = '2'`,
      );
      assert.deepEqual(ended.toSorted(), ['plots changed outline_box', 'plots extra']);
    });
  });
}

const columns = 'event_id, log_partition, log_offset, estate, parts, outline, outline_box, stream_version';

describe('PostGIS that is required and not there', () => {
  it('is said before anything is made', async (t) => {
    const { pool } = await testDatabase(t);
    const store = postgresReadModelStore({ pool, logger: silentLogger, postgis: 'require' });
    await assert.rejects(store.prepare(plotsProjection, [plotsAt]), /has no PostGIS/);
    await assert.rejects(pool.query('select from land.plots'), { code: '42P01' });
  });
});

const opened = async (t: TestContext, { database, postgis }: Way) => {
  const { pool } = await database(t);
  return { pool, store: postgresReadModelStore({ pool, logger: silentLogger, ...(postgis && { postgis }) }) };
};

const happened: readonly Partial<PlotChange>[] = [
  { kind: 'measured', plot: '1', label: 'a', place: 10 },
  { kind: 'measured', plot: '2', label: 'b', place: 11 },
  { kind: 'measured', plot: '3', label: 'c', place: 12 },
  { kind: 'exchanged', plot: '1', other: '2', label: 'a', otherLabel: 'b' },
  { kind: 'left', plot: '3', again: 3 },
  { kind: 'named', label: 'home' },
];

/** A database with plots 1 and 2, whose labels were exchanged; plot 3 was left, and what happened to it came again. */
const projected = async (t: TestContext, way: Way) => {
  const { pool, store } = await opened(t, way);
  const projection = plotsProjection;
  const some = {
    kind: 'visited',
    estate: 'e',
    plot: '1',
    other: '1',
    label: '',
    otherLabel: '',
    place: 0,
    again: 0,
  } as const;
  const records = plotRecords(happened.map((change) => ({ ...some, ...change })));
  await store.prepare(projection, [plotsAt]);
  await deliver({ store, codec: plotsCodec, projection, at: plotsAt, records }, []);
  const { rows } = await pool.query('select plot, label from land.plots order by plot');
  assert.deepEqual(rows, [
    { plot: '1', label: 'b' },
    { plot: '2', label: 'a' },
  ]);
  const log = memoryLog([{ ...plotsTopic, partitions: 1 }]);
  await log.append(records.map((record) => ({ ...record, topic: plotsTopic.name })));
  const verification = postgresVerificationStore({ pool });
  const verify = () => verifyProjection({ log, codec: plotsCodec, projection, store: verification });
  return { pool, store, projection, verify };
};

/** As the store itself reads them. */
const rowsOf = async (pool: pg.Pool, projection: Build, table: Table) => {
  const schema = schemaOf(projection);
  const { load, readRow } = tableStatements(schema, table);
  const { rows: keys } = await pool.query(`select ${table.key.join(', ')} from ${schema}.${table.name}`);
  const { rows } = await pool.query(load(keys));
  return rows.map((values) => {
    const row = readRow(values);
    if (row.outline instanceof Uint8Array) decodeGeometry(row.outline);
    return row;
  });
};

const parkedOf = async (pool: pg.Pool, { version }: Projection): Promise<readonly string[]> => {
  const { rows } = await pool.query(
    `select log_offset || ' ' || key || ' ' || code as parked from plenum.parked where version = $1 order by log_offset`,
    [version],
  );
  return rows.map(({ parked }) => parked);
};
