/**
 * Leases in Postgres, judged by the database's clock. A connection is kept for them, so that renewing never waits
 * behind other work, and an answer that does not come in time is given up: by then the lease is over.
 */
import { type LeaseStore, type Taken, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from '../log/held-connection.ts';
import { inTransaction } from '../pool.ts';

export type PostgresLeaseStore = LeaseStore & {
  /** Lets go of the connection. Leases that were not given back expire. */
  close(): Promise<void>;
};

/** @throws TransientFailure when the database is away. */
export const postgresLeaseStore = async (pool: pg.Pool): Promise<PostgresLeaseStore> => {
  await migrate(pool);
  const connection = holdConnection(pool);
  const ask = <R>(text: string, values: readonly unknown[]): Promise<readonly R[]> =>
    connection.query<R>({ text, values: [...values] }, answerMsMax);
  return {
    take: async (name, holder, ttlMs) => {
      for (let tries = 1; ; tries += 1) {
        const [row] = await ask<TakenRow>(takeQuery, [name, holder, ttlMs]);
        // Somebody else's row came after this statement began: it can neither have it nor see it. The next one can.
        if (row !== undefined) return takenOf(row);
        if (tries === takesMax)
          throw new TransientFailure('40001', `the lease ${name} changed hands while it was asked for`);
      }
    },
    renew: async (name, holder, ttlMs) => (await ask(renewQuery, [name, holder, ttlMs])).length === 1,
    release: async (name, holder) => {
      await ask(releaseQuery, [name, holder]);
    },
    close: connection.close,
  };
};

type TakenRow = { readonly epoch: string | null; readonly left_ms: string };

const takesMax = 3;

const takenOf = ({ epoch, left_ms }: TakenRow): Taken =>
  epoch === null
    ? { outcome: 'held', leftMs: Math.max(0, Number(left_ms)) }
    : { outcome: 'taken', epoch: BigInt(epoch) };

/** Shorter than a lease, so that there is time to ask again on another connection. */
const answerMsMax = 2_000;

/**
 * `clock_timestamp()`, not `now()`: the row may have been waited for. What is given back keeps its row, and with it
 * the epoch.
 */
const takeQuery = `
  with given as (
    insert into plenum_lease.lease as held (name, holder, expires_at)
    values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
    on conflict (name) do update
      set holder = excluded.holder,
          epoch = held.epoch + (held.holder is distinct from excluded.holder)::int,
          expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      where held.holder is null or held.holder = excluded.holder or held.expires_at <= clock_timestamp()
    returning epoch
  )
  select epoch, 0 as left_ms from given
  union all
  select null, ceil(extract(epoch from expires_at - clock_timestamp()) * 1000)
  from plenum_lease.lease where name = $1 and not exists (select from given)`;

const renewQuery = `
  update plenum_lease.lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where name = $1 and holder = $2 returning name`;

const releaseQuery = 'update plenum_lease.lease set holder = null where name = $1 and holder = $2';

/** Any number that nobody else uses: it names the lock that keeps two processes from migrating at once. */
const migrationLock = 7_081_962_003n;

const migrate = (pool: pg.Pool): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('create schema if not exists plenum_lease');
    await client.query(`
      create table if not exists plenum_lease.lease (
        name text primary key,
        holder text,
        epoch bigint not null default 1,
        expires_at timestamptz not null
      ) with (fillfactor = 50)`);
  });
