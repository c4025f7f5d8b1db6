/**
 * Leases in Postgres, judged by the database's clock and by its connections: a lease ends when its time is over, or when
 * the connection has ended on which it was taken, so that nobody waits for a process that was killed. Who loses the
 * connection and lives has lost its leases, and takes them again if nobody else has. The connection is kept for them, so
 * that renewing never waits behind other work, and an answer that does not come in time is given up: by then the lease is
 * over.
 */
import { type LeaseStore, type Taken, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from '../log/held-connection.ts';
import { inTransaction } from '../pool.ts';

export type PostgresLeaseStore = LeaseStore & {
  /** Lets go of the connection, and with it of all leases that were not given back. */
  close(): Promise<void>;
};

/** @throws TransientFailure when the database is away. */
export const postgresLeaseStore = async (pool: pg.Pool): Promise<PostgresLeaseStore> => {
  await migrate(pool);
  const listeners = new Set<() => void>();
  const connection = holdConnection(pool, async (client, lost) => {
    const session = await openSession(client);
    lost.addEventListener('abort', () => {
      for (const listener of [...listeners]) listener();
    });
    return session;
  });
  const ask = <R>(text: string, values: readonly unknown[]): Promise<readonly R[]> =>
    connection.query<R>({ text, values: [...values] }, answerMsMax);
  /** The last of the values is the session. */
  const askInSession = <R>(text: string, values: readonly unknown[]): Promise<readonly R[]> =>
    connection.query<R>((session) => ({ text, values: [...values, session] }), answerMsMax);
  return {
    take: async (name, holder, ttlMs) => {
      for (let tries = 1; ; tries += 1) {
        const [row] = await askInSession<TakenRow>(takeQuery, [name, holder, ttlMs]);
        // Somebody else's row came after this statement began: it can neither have it nor see it. The next one can.
        if (row !== undefined) return takenOf(row);
        if (tries === takesMax)
          throw new TransientFailure('40001', `the lease ${name} changed hands while it was asked for`);
      }
    },
    renew: async (name, holder, ttlMs) => (await askInSession(renewQuery, [name, holder, ttlMs])).length === 1,
    release: async (name, holder) => {
      await ask(releaseQuery, [name, holder]);
    },
    onLost: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: connection.close,
  };
};

/** A number that no other session of the database has, and a lock on it for as long as the connection lasts. */
const openSession = async (client: pg.PoolClient): Promise<number> => {
  const { rows } = await client.query<{ session: number }>(
    `with opened as materialized (select nextval('plenum_lease.session')::int as session)
     select session, pg_advisory_lock(${sessionLock}, session) from opened`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database opened no session for leases');
  return row.session;
};

/** Any number that nobody else uses: the first half of the locks of sessions. */
const sessionLock = 708_196_204;

/** Of the lease `held`. */
const isConnected = `exists (
  select from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = ${sessionLock} and l.objid = held.session::oid
    and l.database = (select d.oid from pg_database d where d.datname = current_database()))`;

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
    insert into plenum_lease.lease as held (name, holder, session, expires_at)
    values ($1, $2, $4, clock_timestamp() + $3 * interval '1 millisecond')
    on conflict (name) do update
      set holder = excluded.holder,
          session = excluded.session,
          epoch = held.epoch + (held.holder is distinct from excluded.holder)::int,
          expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      where held.holder is null or held.holder = excluded.holder or held.expires_at <= clock_timestamp()
        or not ${isConnected}
    returning epoch
  )
  select epoch, 0 as left_ms from given
  union all
  select null, ceil(extract(epoch from expires_at - clock_timestamp()) * 1000)
  from plenum_lease.lease where name = $1 and not exists (select from given)`;

const renewQuery = `
  update plenum_lease.lease set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where name = $1 and holder = $2 and session = $4 returning name`;

const releaseQuery = 'update plenum_lease.lease set holder = null where name = $1 and holder = $2';

/** Any number that nobody else uses: it names the lock that keeps two processes from migrating at once. */
const migrationLock = 7_081_962_003n;

const migrate = (pool: pg.Pool): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('create schema if not exists plenum_lease');
    await client.query('create sequence if not exists plenum_lease.session as int');
    await client.query(`
      create table if not exists plenum_lease.lease (
        name text primary key,
        holder text,
        session int not null,
        epoch bigint not null default 1,
        expires_at timestamptz not null
      ) with (fillfactor = 50)`);
  });
