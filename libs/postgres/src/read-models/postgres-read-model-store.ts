/** Read models in PostgreSQL: rows, checkpoint and parked records of a batch in one transaction. */
import { type Projection, type Table, tablesOf } from '@plenum/read-model';
import type { Logger, ReadModelStore, TopicPartition } from '@plenum/runtime';
import type pg from 'pg';
import { inPipelinedTransaction, inTransaction, query } from '../pool.ts';
import { lockTables, makeBookkeeping } from './bookkeeping.ts';
import { keptText } from './kept-text.ts';
import { type Months, makeFirstMonth, monthsOf } from './months.ts';
import { schemaOf } from './names.ts';
import { parkedKeysOf } from './parked-keys.ts';
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
};

export const postgresReadModelStore = (settings: PostgresReadModelSettings): ReadModelStore => {
  const { pool, logger, frozenMs = 8_000, nowMs = Date.now } = settings;
  const open = new Map<string, OpenProjection>();
  const openProjection = (projection: Projection): OpenProjection => {
    const schema = schemaOf(projection);
    return open.getOrInsertComputed(schema, () => ({
      months: monthsOf({ pool, schema, logger, nowMs }),
      statements: new Map(tablesOf(projection).map((table) => [table.name, tableStatements(schema, table)])),
    }));
  };

  const nextBy = async (sql: string, projection: Projection, at: TopicPartition): Promise<bigint> => {
    const [row] = await query<{ next_offset: string }>(pool, sql, placeOf(projection, at));
    if (row === undefined) throw new Error(`${projection.name} was never prepared for ${at.topic}/${at.partition}`);
    return BigInt(row.next_offset);
  };

  return {
    prepare: (projection, partitions) =>
      inTransaction(pool, async (client) => {
        refuseName(projection.name);
        await lockTables(client);
        await makeBookkeeping(client);
        const made = await makeTables(client, projection);
        for (const table of made) await makeFirstMonth(client, { schema: schemaOf(projection), table, nowMs: nowMs() });
        await makeCheckpoints(client, projection, partitions);
        return enterVersion(client, projection);
      }),

    activate: (projection) =>
      inTransaction(pool, async (client) => {
        await lockTables(client);
        await activateVersion(client, projection);
      }),

    position: (projection, at) => nextBy(positionSql, projection, at),

    confirm: (projection, at) => nextBy(confirmSql, projection, at),

    parkedKeys: async (projection) => {
      // Before anything was ever prepared there is nothing to ask.
      const [metadata] = await query<{ there: boolean }>(
        pool,
        "select to_regclass('plenum.parked_key') is not null as there",
      );
      return metadata?.there === true ? parkedKeysOf((text, values) => query(pool, text, values), projection) : [];
    },

    parkedOffsets: async (projection, at, offsetsMax) => {
      const place = [...placeOf(projection, at), keptText(at.key), offsetsMax];
      const rows = await query<{ log_offset: string }>(pool, parkedOffsetsSql, place);
      return rows.map(({ log_offset }) => BigInt(log_offset));
    },

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

const placeOf = (projection: Projection, { topic, partition }: TopicPartition) => [
  projection.name,
  projection.version,
  topic,
  partition,
];

const positionSql =
  'select next_offset from plenum.checkpoint where projection = $1 and projection_version = $2 and topic = $3 and part = $4';

/** Changes nothing, but its commit waits for the disk, and with it goes all that was committed before. */
const confirmSql = `update plenum.checkpoint set next_offset = next_offset
 where projection = $1 and projection_version = $2 and topic = $3 and part = $4 returning next_offset`;

const parkedOffsetsSql = `select log_offset from plenum.parked
 where projection = $1 and projection_version = $2 and topic = $3 and part = $4 and key = $5 order by log_offset limit $6`;

/** The rows exist before anybody locks them, and are only ever updated from then on. */
const makeCheckpoints = async (
  client: pg.ClientBase,
  projection: Projection,
  partitions: readonly TopicPartition[],
): Promise<void> => {
  await client.query(
    `insert into plenum.checkpoint (projection, projection_version, topic, part)
     select $1, $2, * from unnest($3::text[], $4::int[]) on conflict do nothing`,
    [
      projection.name,
      projection.version,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
    ],
  );
};

/** The name becomes part of a schema's name, which people will type. */
const refuseName = (name: string): void => {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) throw new Error(`A projection cannot be called ${JSON.stringify(name)}`);
};
