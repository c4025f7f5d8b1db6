/** `@plenum/geometry` held against PostGIS, which reads and writes the same bytes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boxOf, canonicalEwkb, encodeGeometry, type Geometry, type GeometryKind, refusalOf } from '@plenum/geometry';
import { geometries, geometriesOf } from '@plenum/geometry/testing';
import { postgisDatabase, postgisMissing } from '@plenum/postgres/testing';
import fc from 'fast-check';

const kinds: readonly GeometryKind[] = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
];

/** Many at once: a statement for each would be all that is measured. */
const samples = <T>(arbitrary: fc.Arbitrary<T>): readonly T[] => fc.sample(arbitrary, 500);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('PostGIS', { skip: postgisMissing }, () => {
  it('writes what we encode', async (t) => {
    const { pool } = await postgisDatabase(t);
    const made = samples(geometries);
    const { rows } = await pool.query<{ ewkb: string }>(
      `select encode(st_asewkb(st_geomfromtext(wkt, 4326), 'NDR'), 'hex') as ewkb
         from unnest($1::text[]) with ordinality as t(wkt, n) order by n`,
      [made.map(wktOf)],
    );
    for (const [index, geometry] of made.entries()) assert.equal(hex(encodeGeometry(geometry)), rows[index]?.ewkb);
    assert.equal(rows.length, made.length);
  });

  it('keeps what we do not refuse in a column of its kind, and gives the same bytes back', async (t) => {
    const { pool } = await postgisDatabase(t);
    for (const kind of kinds) {
      await pool.query(`create table ${kind} (n integer, place geometry(${kind}, 4326))`);
      const sent = samples(geometriesOf(kind)).map(encodeGeometry);
      for (const ewkb of sent) assert.equal(refusalOf(ewkb, kind), undefined);
      await pool.query(
        `insert into ${kind} select n, ewkb::geometry from unnest($1::bytea[]) with ordinality as t(ewkb, n)`,
        [sent.map((ewkb) => Buffer.from(ewkb))],
      );
      const { rows } = await pool.query<{ kept: string }>(
        `select encode(st_asewkb(place, 'NDR'), 'hex') as kept from ${kind} order by n`,
      );
      assert.deepEqual(
        rows.map(({ kept }) => kept),
        sent.map(hex),
      );
    }
  });

  it('keeps bytes that were changed at random, if we do not refuse them', async (t) => {
    const { pool } = await postgisDatabase(t);
    await pool.query('create table place (place geometry(Geometry, 4326))');
    const changed = samples(
      fc.tuple(geometries, fc.nat(60), fc.nat(255)).map(([geometry, at, byte]) => {
        const ewkb = encodeGeometry(geometry);
        ewkb[at % ewkb.byteLength] = byte;
        return ewkb;
      }),
    );
    const passed = changed.filter((ewkb) => refusalOf(ewkb) === undefined);
    assert.ok(passed.length > 20 && passed.length < changed.length);
    await pool.query('insert into place select unnest($1::bytea[])::geometry', [
      passed.map((ewkb) => Buffer.from(ewkb)),
    ]);
  });

  it('finds the same box', async (t) => {
    const { pool } = await postgisDatabase(t);
    const sent = samples(geometries).map(encodeGeometry);
    const { rows } = await pool.query(
      `select st_xmin(g) as west, st_ymin(g) as south, st_xmax(g) as east, st_ymax(g) as north
         from unnest($1::bytea[]) with ordinality as t(ewkb, n), lateral (select ewkb::geometry as g) as one order by n`,
      [sent.map((ewkb) => Buffer.from(ewkb))],
    );
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      sent.map(boxOf),
    );
  });

  it('writes forms that we make our own', async (t) => {
    const { pool } = await postgisDatabase(t);
    const made = samples(geometries);
    const forms = {
      'big-endian EWKB': `st_asewkb(g, 'XDR')`,
      'little-endian WKB': `st_asbinary(g, 'NDR')`,
      'big-endian WKB': `st_asbinary(g, 'XDR')`,
      'EWKB with heights': `st_asewkb(st_force3dz(g), 'NDR')`,
      'ISO WKB with heights and measures': `st_asbinary(st_force4d(g), 'XDR')`,
    };
    for (const [form, sql] of Object.entries(forms)) {
      const { rows } = await pool.query<{ written: Buffer }>(
        `select ${sql} as written from unnest($1::bytea[]) with ordinality as t(ewkb, n),
           lateral (select ewkb::geometry as g) as one order by n`,
        [made.map((geometry) => Buffer.from(encodeGeometry(geometry)))],
      );
      for (const [index, { written }] of rows.entries()) {
        const expected = { ewkb: encodeGeometry(made[index] as Geometry) }; // One row for each.
        assert.deepEqual(canonicalEwkb(written, { heights: 'drop' }), expected, form);
      }
    }
  });
});

const wktOf = ({ type, coordinates }: Geometry): string => `${type}${wktBody(coordinates, type.startsWith('Multi'))}`;

/** Nested lists in brackets; a position is two numbers. */
const wktBody = (nested: unknown, isMulti: boolean): string => {
  const list = nested as readonly unknown[]; // Coordinates are arrays all the way down.
  if (typeof list[0] === 'number') return `(${list.join(' ')})`;
  const isLine = typeof (list[0] as readonly unknown[])[0] === 'number' && !isMulti;
  const parts = list.map((part) => (isLine ? (part as readonly number[]).join(' ') : wktBody(part, false)));
  return `(${parts.join(',')})`;
};
