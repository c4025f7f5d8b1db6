/**
 * Geometry in tables. Whether there is PostGIS is known here and nowhere else: then a column is a `geometry` as GIS
 * programs want it, else the same bytes as they are. Beside it stands its box, in either case with an index, so that a
 * search by box is one SQL text and finds the same (`docs/decisions/0038-an-event-may-change-several-rows.md`).
 */
import { refusalOf } from '@plenum/geometry';
import type { Column, Projection, Row, Table } from '@plenum/read-model';
import { boxColumn, tablesOf } from '@plenum/read-model';
import { Poison } from '@plenum/runtime';
import type pg from 'pg';
import { literal, qualified, quoted } from './names.ts';

/** `auto`: used where it is, or can be had. `require`: without it no projection with geometry is prepared. */
export type PostgisMode = 'auto' | 'require' | 'off';

/** The names of a table's geometry columns, each with what all of it is. */
export const geometryColumns = (table: Table): readonly (readonly [string, Column])[] =>
  Object.entries<Column>(table.columns).filter(([, { type }]) => type === 'geometry');

/** @throws Poison for bytes that are no geometry of the column's kind: PostGIS and what stands for it refuse the same. */
export const refuseGeometry = (table: Table, rows: readonly Row[]): void => {
  for (const [name, { geometry }] of geometryColumns(table)) {
    for (const row of rows) {
      const value = row[name];
      if (value === undefined) continue;
      const refusal = value instanceof Uint8Array ? refusalOf(value, geometry) : 'it is not bytes';
      if (refusal !== undefined) throw new Poison('22023', `${table.name}.${name} is no geometry: ${refusal}`);
    }
  }
};

/** The schema in which PostGIS is, for a projection that has geometry; `undefined`: it is kept as bytes. */
export type Postgis = string | undefined;

/**
 * Finds PostGIS, or gets it, where a projection has geometry, and makes the functions that both ways have. Call it under
 * `lockTables`. @throws when it is required and cannot be had.
 */
export const prepareGeometry = async (
  client: pg.ClientBase,
  projection: Projection,
  mode: PostgisMode,
): Promise<Postgis> => {
  if (tablesOf(projection).every((table) => geometryColumns(table).length === 0)) return undefined;
  const postgis = mode === 'off' ? undefined : await findPostgis(client);
  if (postgis === undefined && mode === 'require') {
    throw new Error(
      `Projection ${projection.name} has geometry and POSTGIS is "require", but this database has no PostGIS: ` +
        'install it, or let POSTGIS be "auto"',
    );
  }
  await client.query(`create or replace function plenum.ewkb(bytea) returns bytea
    language sql immutable strict parallel safe as 'select $1'`);
  if (postgis !== undefined) {
    await client.query(`create or replace function plenum.ewkb(${quoted(postgis)}.geometry) returns bytea
      language sql immutable strict parallel safe
      as ${literal(`select ${quoted(postgis)}.st_asewkb($1, 'NDR')`)}`);
  }
  return postgis;
};

const findPostgis = async (client: pg.ClientBase): Promise<Postgis> => {
  const there = await installedIn(client);
  if (there !== undefined) return there;
  const { rows } = await client.query(`select from pg_available_extensions where name = 'postgis'`);
  if (rows.length === 0) return undefined;
  await client.query('savepoint postgis');
  try {
    await client.query('create extension postgis schema public');
    await client.query('release savepoint postgis');
  } catch (error) {
    await client.query('rollback to savepoint postgis; release savepoint postgis');
    // Only a superuser may; who has set up the database has perhaps decided against it.
    if (error instanceof Error && 'code' in error && error.code === '42501') return undefined;
    throw error;
  }
  return installedIn(client);
};

const installedIn = async (client: pg.ClientBase): Promise<Postgis> => {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis'`,
  );
  return rows[0]?.schema;
};

/** What a geometry column is in the database. */
export const geometryType = ({ geometry }: Column, postgis: Postgis): string =>
  postgis === undefined ? 'bytea' : `${quoted(postgis)}.geometry(${geometry ?? 'Geometry'}, 4326)`;

/** A shape as the catalogue shows it, with each geometry column as what is declared, whichever way it is kept. */
export const withGeometry = (table: Table, shape: string): string => {
  let plain = shape;
  for (const [name, { geometry }] of geometryColumns(table)) {
    const kind = geometry ?? 'Geometry';
    const kept = new RegExp(`(^|, )${name} (?:bytea|(?:(?:\\w+|"[^ ]+")\\.)?geometry\\(${kind},4326\\))(?=,| |$)`);
    plain = plain.replace(kept, `$1${name} geometry`);
  }
  return plain;
};

/** Every geometry column can be searched by its box, and by whatever GIS programs ask PostGIS for. */
export const geometryIndexes = (schema: string, table: Table, postgis: Postgis): readonly string[] =>
  geometryColumns(table).flatMap(([name]) => [
    `create index on ${qualified(schema, table.name)} using gist (${quoted(boxColumn(name))})`,
    ...(postgis === undefined ? [] : [`create index on ${qualified(schema, table.name)} using gist (${quoted(name)})`]),
  ]);
