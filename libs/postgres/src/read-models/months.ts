/**
 * Monthly partitions, made when rows of a month arrive.
 *
 * Rows of a month that has no partition yet go to the default partition, where they are as good as anywhere; so
 * nothing waits for a partition and none is ever required. After the batch has committed, in a transaction of its
 * own, the month's table is made, its rows are moved over from the default partition, and it is attached. That
 * transaction holds no checkpoint, takes the same three locks in the same order wherever it runs (`lockTables`, the
 * table, the default partition), and waits for none longer than a moment: no batch and no query waits behind it for
 * more than that, and nothing can deadlock with it. When it cannot have its locks, it is tried again later.
 *
 * Readers have to wait at the table. PostgreSQL looks up the partitions of a query once it has the table, then waits
 * for each of them, and only then decides which rows it sees: a query that waited at the default partition alone
 * would find it empty, and would not know the new partition that has its rows.
 */
import type { Row, Table } from '@plenum/read-model';
import { type Logger, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { lockTables } from '../consumers/consumer-tables.ts';
import { inTransaction } from '../pool.ts';
import { onlyAddedTo, storageSql } from '../statements/storage.ts';
import { listed, literal, qualified, quoted, rowColumns, rowsName } from './names.ts';
import { defaultPartition } from './table-ddl.ts';

/** Months since the year 0, UTC. */
type Month = number;

export type Months = {
  /** Takes note of the months that rows of a batch belong to. They count once the batch has committed. */
  wantedBy(table: Table, rows: readonly Row[]): void;
  /** Makes what is wanted and missing. Never rejects: what fails is logged, and tried again later. */
  make(): Promise<void>;
};

type Parts = {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly logger: Logger;
  readonly nowMs: () => number;
};

export const monthsOf = ({ pool, schema, logger, nowMs }: Parts): Months => {
  const made = new Map<string, Set<Month>>();
  const wanted = new Map<string, { readonly table: Table; readonly month: Month }>();
  let notBeforeMs = 0;

  return {
    wantedBy: (table, rows) => {
      if (table.partitionedBy === undefined) return;
      const there = made.getOrInsertComputed(table.name, () => new Set());
      for (const row of rows) {
        const month = monthOf(Number(row[table.partitionedBy]));
        if (!there.has(month)) wanted.set(`${table.name} ${month}`, { table, month });
      }
    },
    make: async () => {
      if (wanted.size === 0 || nowMs() < notBeforeMs) return;
      for (const [name, { table, month }] of wanted) {
        wanted.delete(name);
        if (!isNear(month, nowMs())) continue;
        try {
          await inTransaction(pool, (client) => makeMonth(client, { schema, table, month }));
          made.get(table.name)?.add(month);
        } catch (error) {
          notBeforeMs = nowMs() + againAfterMs;
          const fields = { table: table.name, month: textOf(month), error: String(error) };
          // The batch is committed and its rows are safe where they are: whatever this is, it must not undo that.
          if (error instanceof TransientFailure) logger.warn(fields, 'month not made yet');
          else logger.error(fields, 'month could not be made');
          return;
        }
      }
    },
  };
};

const lockTimeoutMs = 200;
const againAfterMs = 10_000;

/** Clocks that are further off than this share the default partition, so that they cannot make thousands of tables. */
const isNear = (month: Month, nowMs: number): boolean => {
  const now = monthOf(nowMs * 1000);
  return month >= now - 60 && month <= now + 2;
};

const monthOf = (timeUs: number): Month => {
  const date = new Date(Math.floor(timeUs / 1000));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

const textOf = (month: Month): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

type Wanted = { readonly schema: string; readonly table: Table; readonly month: Month };

const makeMonth = async (client: pg.ClientBase, wanted: Wanted): Promise<void> => {
  await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
  await lockTables(client);
  await attachMonth(client, wanted);
};

/**
 * The month of `nowMs`, for a table that the same transaction has just made. Nobody waits for its locks, and what
 * arrives first needs no moving, which would cost the busiest minute of a new system its speed.
 */
export const makeFirstMonth = async (
  client: pg.ClientBase,
  { schema, table, nowMs }: { readonly schema: string; readonly table: Table; readonly nowMs: number },
): Promise<void> => {
  if (table.partitionedBy !== undefined) await attachMonth(client, { schema, table, month: monthOf(nowMs * 1000) });
};

const attachMonth = async (client: pg.ClientBase, { schema, table, month }: Wanted): Promise<void> => {
  const partition = qualified(schema, `${table.name}_${textOf(month).replace('-', '_')}`);
  const parent = qualified(schema, rowsName(table));
  const { rows } = await client.query<{ wanted: boolean }>(
    'select to_regclass($1) is not null and to_regclass($2) is null as wanted',
    [parent, partition],
  );
  // Made by another process, or the build has been dropped since its batch was committed.
  if (rows[0]?.wanted !== true) return;

  const fallback = qualified(schema, defaultPartition(table));
  const column = quoted(table.partitionedBy ?? '');
  const from = literal(`${textOf(month)}-01T00:00:00Z`);
  const to = literal(`${textOf(month + 1)}-01T00:00:00Z`);
  const columns = listed(rowColumns(table).map(({ name }) => name));
  await client.query(`lock table only ${parent}, ${fallback} in access exclusive mode`);
  await client.query(`create table ${partition} (like ${parent} including all) with (${storageSql(onlyAddedTo)})`);
  await client.query(`with moved as (
  delete from ${fallback} where ${column} >= ${from} and ${column} < ${to} returning ${columns}
)
insert into ${partition} (${columns}) select ${columns} from moved`);
  await client.query(`alter table ${parent} attach partition ${partition} for values from (${from}) to (${to})`);
};
