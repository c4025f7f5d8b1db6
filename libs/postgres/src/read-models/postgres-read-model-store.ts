/** Read models in PostgreSQL: rows, checkpoint and parked records of a batch in one transaction. */
import { type Projection, type Table, tablesOf } from '@plenum/read-model';
import type { Logger, ReadModelStore } from '@plenum/runtime';
import type pg from 'pg';
import { checkpointReads, makeCheckpoints } from '../consumers/checkpoint-reads.ts';
import { lockTables, makeConsumerTables } from '../consumers/consumer-tables.ts';
import { inPipelinedTransaction, inTransaction } from '../pool.ts';
import { type PostgisMode, prepareGeometry } from './geometry.ts';
import { type Months, makeFirstMonth, monthsOf } from './months.ts';
import { schemaOf } from './names.ts';
import { makeProjectionMetadata } from './projection-metadata.ts';
import { type TableStatements, tableStatements } from './statements.ts';
import { makeTables } from './table-ddl.ts';
import { openTransaction } from './transaction.ts';
import { activateVersion, enterVersion } from './versions.ts';

export type PostgresReadModelSettings = {
  /** The caller ends it. One connection is in use per partition that is being projected. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
  /** A member that stays silent this long inside a transaction loses its connection, and with it the partition. */
  readonly frozenMs?: number;
  readonly nowMs?: () => number;
  /** For projections that have geometry; `auto` unless given. */
  readonly postgis?: PostgisMode;
};

export const postgresReadModelStore = (settings: PostgresReadModelSettings): ReadModelStore => {
  const { pool, logger, frozenMs = 8_000, nowMs = Date.now, postgis: mode = 'auto' } = settings;
  const open = new Map<string, OpenProjection>();
  const openProjection = (projection: Projection): OpenProjection => {
    const schema = schemaOf(projection);
    return open.getOrInsertComputed(schema, () => ({
      months: monthsOf({ pool, schema, logger, nowMs }),
      statements: new Map(tablesOf(projection).map((table) => [table.name, tableStatements(schema, table)])),
    }));
  };

  return {
    ...checkpointReads(pool),

    prepare: (projection, partitions) =>
      inTransaction(pool, async (client) => {
        refuseName(projection.name);
        await lockTables(client);
        await makeConsumerTables(client);
        await makeProjectionMetadata(client);
        const postgis = await prepareGeometry(client, projection, mode);
        const made = await makeTables(client, projection, postgis);
        for (const table of made) await makeFirstMonth(client, { schema: schemaOf(projection), table, nowMs: nowMs() });
        await makeCheckpoints(client, projection, partitions);
        return enterVersion(client, projection);
      }),

    activate: (projection) =>
      inTransaction(pool, async (client) => {
        await lockTables(client);
        await activateVersion(client, projection);
      }),

    transact: async (projection, at, work) => {
      const { months, statements } = openProjection(projection);
      const statementsFor = (table: Table): TableStatements => {
        const found = statements.get(table.name);
        if (found === undefined) throw new Error(`Projection ${projection.name} has no table ${table.name}`);
        return found;
      };
      const parts = { projection, at, statementsFor, inserted: months.wantedBy, frozenMs };
      const result = await inPipelinedTransaction(pool, async (client, begun) =>
        work(await openTransaction({ ...parts, client, begun })),
      );
      await months.make();
      return result;
    },
  };
};

type OpenProjection = { readonly months: Months; readonly statements: ReadonlyMap<string, TableStatements> };

/** The name becomes part of a schema's name, which people will type. */
const refuseName = (name: string): void => {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) throw new Error(`A projection cannot be called ${JSON.stringify(name)}`);
};
