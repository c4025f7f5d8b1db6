/** Which log a database's read models are made from: a checkpoint means nothing in another log. */
import type pg from 'pg';
import { lockTables } from '../consumers/consumer-tables.ts';
import { inTransaction } from '../pool.ts';

/**
 * Writes down that the read models here are made from this log, unless it is written that they are made from one.
 * @returns the log that they are made from. @throws TransientFailure.
 */
export const feedFrom = (pool: pg.Pool, log: string): Promise<string> =>
  inTransaction(pool, async (client) => {
    await lockTables(client);
    await client.query(tables);
    await client.query('insert into plenum.fed_by (log) values ($1) on conflict do nothing', [log]);
    const { rows } = await client.query<{ log: string }>('select log from plenum.fed_by');
    const [row] = rows;
    if (row === undefined) throw new Error('plenum.fed_by has lost its row');
    return row.log;
  });

const tables = `
create schema if not exists plenum;
create table if not exists plenum.fed_by (
  only_row boolean primary key default true check (only_row),
  log text not null,
  since timestamptz not null default now()
);
comment on table plenum.fed_by is 'The log that all read models here are made from; checkpoints are positions in it.';
`;
