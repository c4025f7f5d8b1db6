/** Read models in PostgreSQL: rows, checkpoint and parked records of a batch in one transaction. */
import { type ReadModelSet, type Table, tablesOf } from '@plenum/read-model';
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
  const open = new Map<string, OpenSet>();
  const openSet = (set: ReadModelSet): OpenSet => {
    const schema = schemaOf(set);
    return open.getOrInsertComputed(schema, () => ({
      months: monthsOf({ pool, schema, logger, nowMs }),
      statements: new Map(tablesOf(set).map((table) => [table.name, tableStatements(schema, table)])),
    }));
  };

  const nextBy = async (sql: string, set: ReadModelSet, at: TopicPartition): Promise<bigint> => {
    const [row] = await query<{ next_offset: string }>(pool, sql, placeOf(set, at));
    if (row === undefined) throw new Error(`${set.name} was never prepared for ${at.topic}/${at.partition}`);
    return BigInt(row.next_offset);
  };

  return {
    prepare: (set, partitions) =>
      inTransaction(pool, async (client) => {
        refuseName(set.name);
        await lockTables(client);
        await makeBookkeeping(client);
        const made = await makeTables(client, set);
        for (const table of made) await makeFirstMonth(client, { schema: schemaOf(set), table, nowMs: nowMs() });
        await makeCheckpoints(client, set, partitions);
        return enterVersion(client, set);
      }),

    activate: (set) =>
      inTransaction(pool, async (client) => {
        await lockTables(client);
        await activateVersion(client, set);
      }),

    position: (set, at) => nextBy(positionSql, set, at),

    confirm: (set, at) => nextBy(confirmSql, set, at),

    parkedKeys: async (set) => {
      // Before anything was ever prepared there is nothing to ask.
      const [metadata] = await query<{ there: boolean }>(
        pool,
        "select to_regclass('plenum.parked_key') is not null as there",
      );
      return metadata?.there === true ? parkedKeysOf((text, values) => query(pool, text, values), set) : [];
    },

    parkedOffsets: async (set, at, offsetsMax) => {
      const place = [...placeOf(set, at), keptText(at.key), offsetsMax];
      const rows = await query<{ log_offset: string }>(pool, parkedOffsetsSql, place);
      return rows.map(({ log_offset }) => BigInt(log_offset));
    },

    transact: async (set, at, work) => {
      const { months, statements } = openSet(set);
      const statementsFor = (table: Table): TableStatements => {
        const found = statements.get(table.name);
        if (found === undefined) throw new Error(`Set ${set.name} has no table ${table.name}`);
        return found;
      };
      const parts = { set, at, statementsFor, inserted: months.wantedBy, frozenMs };
      const result = await inPipelinedTransaction(pool, async (client, begun) =>
        work(await openTransaction({ ...parts, client, begun })),
      );
      await months.make();
      return result;
    },
  };
};

type OpenSet = { readonly months: Months; readonly statements: ReadonlyMap<string, TableStatements> };

const placeOf = (set: ReadModelSet, { topic, partition }: TopicPartition) => [set.name, set.version, topic, partition];

const positionSql =
  'select next_offset from plenum.checkpoint where set_name = $1 and set_version = $2 and topic = $3 and part = $4';

/** Changes nothing, but its commit waits for the disk, and with it goes all that was committed before. */
const confirmSql = `update plenum.checkpoint set next_offset = next_offset
 where set_name = $1 and set_version = $2 and topic = $3 and part = $4 returning next_offset`;

const parkedOffsetsSql = `select log_offset from plenum.parked
 where set_name = $1 and set_version = $2 and topic = $3 and part = $4 and key = $5 order by log_offset limit $6`;

/** The rows exist before anybody locks them, and are only ever updated from then on. */
const makeCheckpoints = async (
  client: pg.ClientBase,
  set: ReadModelSet,
  partitions: readonly TopicPartition[],
): Promise<void> => {
  await client.query(
    `insert into plenum.checkpoint (set_name, set_version, topic, part)
     select $1, $2, * from unnest($3::text[], $4::int[]) on conflict do nothing`,
    [set.name, set.version, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  );
};

/** The name becomes part of a schema's name, which people will type. */
const refuseName = (name: string): void => {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) throw new Error(`A set cannot be called ${JSON.stringify(name)}`);
};
