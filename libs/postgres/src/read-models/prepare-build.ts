/** Makes what is missing of a build: its tables, its checkpoints, and the tables that all builds and consumers have. */
import { type Build, tablesOf } from '@plenum/read-model';
import type { BuildState, TopicPartition } from '@plenum/runtime';
import type pg from 'pg';
import { makeCheckpoints } from '../consumers/checkpoint-reads.ts';
import { lockTables, makeConsumerTables } from '../consumers/consumer-tables.ts';
import { enterBuild, showFirst } from './builds.ts';
import { type PostgisMode, prepareGeometry } from './geometry.ts';
import { makeFirstMonth } from './months.ts';
import { schemaOf } from './names.ts';
import { makeProjectionMetadata } from './projection-metadata.ts';
import { makeTables } from './table-ddl.ts';

export type PrepareBuild = {
  readonly partitions: readonly TopicPartition[];
  readonly mode: PostgisMode;
  readonly nowMs: number;
};

/** In one transaction, which others that prepare something wait for. @throws as a read-model store's `prepare`. */
export const prepareBuild = async (
  client: pg.ClientBase,
  build: Build,
  { partitions, mode, nowMs }: PrepareBuild,
): Promise<BuildState> => {
  refuseNames(build);
  await lockTables(client);
  await makeConsumerTables(client);
  await makeProjectionMetadata(client);
  const { state, isNew } = await enterBuild(client, build);
  const postgis = await prepareGeometry(client, build, mode);
  const made = await makeTables(client, build, postgis);
  for (const table of made) await makeFirstMonth(client, { schema: schemaOf(build), table, nowMs });
  await makeCheckpoints(client, build, partitions);
  if (state === 'active' && isNew) await showFirst(client, build);
  return state;
};

/** A projection's name becomes part of a schema's, which people will type; that of a table is one in it. */
const refuseNames = (build: Build): void => {
  const { name } = build;
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) throw new Error(`A projection cannot be called ${JSON.stringify(name)}`);
  const names = tablesOf(build).map((table) => table.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) throw new Error(`Projection ${name} has two tables called ${twice}`);
};
