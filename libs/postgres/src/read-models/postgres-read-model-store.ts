/** Read models in PostgreSQL: rows, checkpoint and parked records of a batch in one transaction. */
import { type Build, type Table, tablesOf } from '@plenum/read-model';
import { type KnownBuild, type Logger, Poison, type ReadModelStore, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { checkpointReads } from '../consumers/checkpoint-reads.ts';
import { lockTables } from '../consumers/consumer-tables.ts';
import { inPipelinedTransaction, inTransaction, query } from '../pool.ts';
import { activateBuild, buildsSql, dropBuild, parkedRecordsSql, retireBuild } from './builds.ts';
import { type Copies, copiesIn } from './copies.ts';
import { exchanges } from './exchanges.ts';
import type { PostgisMode } from './geometry.ts';
import { type Months, monthsOf } from './months.ts';
import { schemaOf } from './names.ts';
import { prepareBuild } from './prepare-build.ts';
import { preparedState } from './prepared-state.ts';
import { type RepeatedValues, repeatedValuesOf } from './repeated-values.ts';
import { type TableStatements, tableStatements } from './statements.ts';
import { type Hope, openTogether, openTransaction, type TransactionParts } from './transaction.ts';
import { viewsInTheWay } from './views-in-the-way.ts';

export type PostgresReadModelSettings = {
  /** The caller ends it. One connection is in use per transaction. */
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
  const atExchange = exchanges();
  const waitsForViews = viewsInTheWay(logger);
  const inMoment = inMomentOf({ pool, frozenMs });
  const isAnythingThere = metadataOf(pool);
  const inBatch = batchesOf({ pool, logger, frozenMs, nowMs, atExchange });

  return {
    ...checkpointReads(pool),

    builds: async () => ((await isAnythingThere()) ? query<KnownBuild>(pool, buildsSql) : []),

    prepare: async (build, partitions) => {
      const there = (await isAnythingThere()) ? await preparedState(pool, build, partitions) : undefined;
      if (there !== undefined) return there;
      return inTransaction(pool, (client) => prepareBuild(client, build, { partitions, mode, nowMs: nowMs() }));
    },

    activate: async (build, { acceptParked = false } = {}) => {
      const activated = await atExchange
        .exchange(build, () => inMoment((client) => activateBuild(client, build, acceptParked)))
        .catch((error: unknown) => waitsForViews(build, error));
      return activated === 'locked' ? 'behind' : activated;
    },

    parkedRecords: async ({ name, version, generation }) =>
      (await query<{ records: number }>(pool, parkedRecordsSql, [name, version, generation]))[0]?.records ?? 0,

    retire: (build) =>
      inTransaction(pool, async (client) => {
        await lockTables(client);
        await retireBuild(client, build);
      }),

    dropRetired: async () => {
      const retired = (await query<KnownBuild>(pool, buildsSql)).filter(({ state }) => state === 'retired');
      let left = 0;
      for (const build of retired) if ((await inMoment((client) => dropBuild(client, build))) === 'locked') left += 1;
      return left;
    },

    transact: (build, at, work) => inBatch(build, async (parts) => work(await openTransaction(parts, at))),

    transactTogether: (build, places, work) =>
      hoping((hope) => inBatch(build, async (parts) => work(await openTogether(parts, places)), hope)),
  };
};

/** That nothing is refused, and where it is, once more without that. */
const hoping = async <T>(work: (hope?: Hope) => Promise<T>): Promise<T> => {
  const hope: Hope = {};
  try {
    return await work(hope);
  } catch (error) {
    const reason = hope.failed ?? error;
    if (hope.undone === undefined && !(reason instanceof Poison)) throw reason;
  }
  return work();
};

type BatchesParts = Required<Pick<PostgresReadModelSettings, 'pool' | 'logger' | 'frozenMs' | 'nowMs'>> & {
  readonly atExchange: ReturnType<typeof exchanges>;
};

type InBatch = <T>(build: Build, work: (parts: TransactionParts) => Promise<T>, hope?: Hope) => Promise<T>;

/** Transactions that bring records in, and what they remember of one another. */
const batchesOf = ({ pool, logger, frozenMs, nowMs, atExchange }: BatchesParts): InBatch => {
  const repeatedValues = repeatedValuesOf(pool);
  const open = new Map<string, OpenBuild>();
  const openBuild = (build: Build): OpenBuild => {
    const schema = schemaOf(build);
    return open.getOrInsertComputed(schema, () => ({
      months: monthsOf({ pool, schema, logger, nowMs }),
      copies: copiesIn(),
      statements: new Map(tablesOf(build).map((table) => [table.name, tableStatements(schema, table)])),
    }));
  };
  return async (build, work, hope) => {
    const { months, copies, statements } = openBuild(build);
    const statementsFor = statementsIn(build, statements);
    const parts = {
      projection: build,
      statementsFor,
      copies,
      inserted: months.wantedBy,
      frozenMs,
      ...(hope && { hope }),
    };
    let values: RepeatedValues | undefined;
    const result = await atExchange.batch(build, () =>
      inPipelinedTransaction(
        pool,
        (client, begun) => {
          values = repeatedValues(client, schemaOf(build));
          return work({ ...parts, client, begun, values });
        },
        beginPlanned,
      ),
    );
    values?.keep();
    await months.make();
    return result;
  };
};

/**
 * Every statement is planned once for all batches. The server would otherwise plan some of them anew each time, for the arrays are
 * a little shorter than it assumes, and that costs more than carrying them out.
 */
const beginPlanned = 'begin; set local plan_cache_mode = force_generic_plan';

/** Before anything was ever prepared there is nothing to ask. */
const metadataOf = (pool: pg.Pool) => {
  let isThere = false;
  return async (): Promise<boolean> => {
    if (isThere) return true;
    const text = "select to_regclass('plenum.projection') is not null as there";
    const [made] = await query<{ there: boolean }>(pool, text);
    isThere = made?.there === true;
    return isThere;
  };
};

/** Transactions that give up soon where others hold locks: what waits for theirs waits no longer than that. */
const inMomentOf =
  ({ pool, frozenMs }: { readonly pool: pg.Pool; readonly frozenMs: number }) =>
  <T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T | 'locked'> =>
    inTransaction(pool, async (client) => {
      await client.query(`set local lock_timeout = ${lockTimeoutMs};
        set local idle_in_transaction_session_timeout = ${frozenMs}`);
      await lockTables(client);
      return work(client);
    }).catch((error: unknown) => {
      if (error instanceof TransientFailure && error.code === lockNotAvailable) return 'locked';
      throw error;
    });

const lockTimeoutMs = 200;
const lockNotAvailable = '55P03';

type OpenBuild = {
  readonly months: Months;
  readonly copies: Copies;
  readonly statements: ReadonlyMap<string, TableStatements>;
};

const statementsIn =
  (build: Build, statements: OpenBuild['statements']) =>
  (table: Table): TableStatements => {
    const found = statements.get(table.name);
    if (found === undefined) throw new Error(`Projection ${build.name} has no table ${table.name}`);
    return found;
  };
