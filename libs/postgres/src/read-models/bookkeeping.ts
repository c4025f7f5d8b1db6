/**
 * The schema `plenum`: what is known about read models besides their rows. Checkpoints, parked records, and which
 * version of a projection queries see. All of it changes in the transaction of the rows it is about.
 */
import type pg from 'pg';

/** Any number nobody else uses: whoever changes tables of read models holds it until commit. */
const tablesLock = 7_081_962_011n;

/**
 * Waits until no other process changes tables of read models; for the rest of the transaction.
 *
 * A session remembers which schemas it has found missing, `plenum` among them when its user has that name and the
 * search path begins with it. Waiting for an advisory lock does not make it forget; looking at a table does. Without
 * that, whoever waited would not see what was made meanwhile and make it again.
 */
export const lockTables = async (client: pg.ClientBase): Promise<void> => {
  await client.query('select pg_advisory_xact_lock($1)', [tablesLock]);
  await client.query('select from pg_catalog.pg_namespace limit 0');
};

/** Makes the bookkeeping tables and what was added to them since, if they are not there. Call it under `lockTables`. */
export const makeBookkeeping = async (client: pg.ClientBase): Promise<void> => {
  for (const [made, statements] of steps) {
    const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [made]);
    if (rows[0]?.there !== true) await client.query(statements);
  }
};

const tables = `
create schema if not exists plenum;

create table plenum.projection (
  name text not null,
  version int not null,
  state text not null check (state in ('building', 'active', 'retired')),
  prepared_at timestamptz not null default now(),
  activated_at timestamptz,
  primary key (name, version)
);
create unique index projection_active on plenum.projection (name) where state = 'active';
comment on table plenum.projection is
  'Versions of projections. Each has its tables in schema <name>_v<version>; views in public show the active one.';

create table plenum.checkpoint (
  projection text not null,
  projection_version int not null,
  topic text not null,
  part int not null,
  next_offset bigint not null default 0,
  read bigint not null default 0,
  applied bigint not null default 0,
  duplicates bigint not null default 0,
  not_for_it bigint not null default 0,
  parked bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (projection, projection_version, topic, part),
  constraint sums_balance check (read = applied + duplicates + not_for_it + parked)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table plenum.checkpoint is
  'How much of the log is in a projection: the next offset to read. A writer holds the row''s lock until it commits.';

create table plenum.parked (
  projection text not null,
  projection_version int not null,
  topic text not null,
  part int not null,
  log_offset bigint not null,
  key text not null,
  event_id text,
  value bytea not null,
  code text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (projection, projection_version, topic, part, log_offset)
);
comment on table plenum.parked is
  'Records a projection could not take, with the reason, and those behind them. In texts, \\ is written \\\\ and NUL \\0.';

create table plenum.parked_key (
  projection text not null,
  projection_version int not null,
  topic text not null,
  part int not null,
  key text not null,
  from_offset bigint not null,
  parked_at timestamptz not null default now(),
  primary key (projection, projection_version, topic, part, key)
);
comment on table plenum.parked_key is 'Record keys of which a projection takes nothing more, and from which offset on.';
`;

/** "Why was my message refused?" asks for a node's keys among everybody's, the last parked first. */
const parkedByKey = 'create index parked_by_key on plenum.parked (key, parked_at)';

/** Only added to. Each with a relation that it makes, by which it is known to have been taken. */
const steps: readonly (readonly [made: string, statements: string])[] = [
  ['plenum.projection', tables],
  ['plenum.parked_by_key', parkedByKey],
];
