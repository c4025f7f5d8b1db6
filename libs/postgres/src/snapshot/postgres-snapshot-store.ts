/** Read models as of one moment. */

import { streamVersions } from '@plenum/read-model';
import {
  type BuildId,
  type CsvQuery,
  type RowsQuery,
  type SnapshotPosition,
  type SnapshotStore,
  TransientFailure,
} from '@plenum/runtime';
import type pg from 'pg';
import { quoted, schemaOf } from '../read-models/names.ts';
import { projectionCheckpoints } from '../read-models/projection-checkpoints.ts';
import { sqlOf } from '../sql.ts';
import { sqlStreamOf } from '../sql-stream.ts';
import { copyColumns } from './copy-columns.ts';
import { copyCsv } from './copy-csv.ts';
import { rowsSelect } from './rows-select.ts';
import { inSnapshotOf } from './snapshot-of-builds.ts';

/** @see SnapshotStore. Takes one connection of the pool for as long as `work` lasts. */
export const postgresSnapshotStore = ({ pool }: { readonly pool: pg.Pool }): SnapshotStore => ({
  readSnapshot: (projections, work, stop) => {
    const names = projections.map(({ name }) => name);
    return inSnapshotOf(pool, names, { access: 'read only', ...(stop && { stop }) }, async (client, builds) => {
      const missing = names.find((name) => builds.every((build) => build.name !== name));
      if (missing !== undefined) {
        throw new TransientFailure('not-prepared', `Projection ${missing} has no tables here yet`);
      }
      return work(await snapshotOf(client, builds));
    });
  },
});

const snapshotOf = async (client: pg.PoolClient, builds: readonly BuildId[]) => {
  const positions: SnapshotPosition[] = [];
  for (const build of builds) {
    for (const { topic, partition, next } of await projectionCheckpoints(client, build)) {
      positions.push({ projection: build.name, topic, partition, next });
    }
  }
  const schemas = builds.map(schemaOf);
  await refuseTwice(client, schemas);
  await client.query(`set local search_path to ${[...schemas, 'public'].map(quoted).join(', ')}`);
  return {
    ...{ positions, sql: sqlOf(client), stream: sqlStreamOf(client) },
    columns: (query: RowsQuery) => copyColumns(client, query),
    csv: (query: CsvQuery) => copyCsv(client, query),
    estimate: (query: RowsQuery) => estimate(client, query),
  };
};

const estimate = async (client: pg.PoolClient, query: RowsQuery): Promise<number> => {
  type Plan = { readonly 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] };
  const { rows } = await client.query<Plan>(`explain (format json) ${rowsSelect(client, query)}`);
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
};

/** A name stands for one table: of two, a text would read whichever comes first. */
const refuseTwice = async (client: pg.PoolClient, schemas: readonly string[]): Promise<void> => {
  const { rows } = await client.query<{ name: string; schemas: string }>(
    `select c.relname as name, string_agg(n.nspname, ' and ' order by n.nspname) as schemas
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $2
      group by c.relname having count(*) > 1`,
    [schemas, streamVersions.name],
  );
  const [row] = rows;
  if (row !== undefined) throw new Error(`${row.name} is a table of ${row.schemas}: read them in two snapshots`);
};
