/**
 * Whether a build is there as it is declared, with one question and no lock. A process that starts nearly always finds it so,
 * and to prepare all builds of a projector takes more than a hundred statements, one after the other.
 */
import { type Build, tablesOf } from '@plenum/read-model';
import type { BuildState, TopicPartition } from '@plenum/runtime';
import type pg from 'pg';
import { checkpointIsStored, consumerTables, storedCheckpoint } from '../consumers/consumer-tables.ts';
import { query } from '../pool.ts';
import { geometryColumns } from './geometry.ts';
import { rowsName, schemaOf } from './names.ts';
import { metadataTables } from './projection-metadata.ts';
import { type FoundShape, isShaped, shapesSql } from './table-shape.ts';

/**
 * `undefined`: something is missing or other than declared, or has to be looked at closely, as PostGIS has, which may have come
 * or gone. Asks `plenum.projection`, which has to be there.
 */
export const preparedState = async (
  pool: pg.Pool,
  build: Build,
  partitions: readonly TopicPartition[],
): Promise<BuildState | undefined> => {
  const tables = tablesOf(build);
  if (tables.some((table) => geometryColumns(table).length > 0)) return undefined;
  const rows = await query<FoundShape & { readonly state: BuildState | null; readonly complete: boolean }>(pool, sql, [
    ...[schemaOf(build), tables.map(rowsName)],
    ...[build.name, build.version, build.generation],
    ...[partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
    [...consumerTables, ...metadataTables].map(([made]) => made),
    storedCheckpoint,
  ]);
  const shapes = new Map(rows.map(({ name, shape }) => [name, shape]));
  const state = rows[0]?.state;
  const isComplete =
    rows[0]?.complete === true && tables.every((table) => isShaped(table, shapes.get(rowsName(table)) ?? ''));
  return isComplete && (state === 'active' || state === 'building') ? state : undefined;
};

const sql = `
select (select state from plenum.projection where name = $3 and version = $4 and generation = $5) as state,
       (select bool_and(to_regclass(made) is not null) from unnest($8::text[]) made)
       and ${checkpointIsStored('$9')}
       and not exists (
         select from unnest($6::text[], $7::int[]) wanted(topic, part)
          where not exists (
            select from plenum.checkpoint c
             where c.consumer = $3 and c.version = $4 and c.generation = $5 and c.topic = wanted.topic and c.part = wanted.part)
       ) as complete, found.*
  from (${shapesSql}) found`;
