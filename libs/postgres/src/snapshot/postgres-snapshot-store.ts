/** Read models as of one moment. */
import { type BuildId, type SnapshotPosition, type SnapshotStore, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { quoted, schemaOf } from '../read-models/names.ts';
import { projectionCheckpoints } from '../read-models/projection-checkpoints.ts';
import { sqlOf } from '../sql.ts';
import { sqlStreamOf } from '../sql-stream.ts';
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
  const schemas = [...builds.map(schemaOf), 'public'].map(quoted);
  await client.query(`set local search_path to ${schemas.join(', ')}`);
  return { positions, sql: sqlOf(client), stream: sqlStreamOf(client) };
};
