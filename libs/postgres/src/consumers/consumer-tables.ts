/**
 * The tables of schema `plenum` that every consumer has: how far it is, and what it has set aside. All of it changes in the
 * transaction of the rows that it is about.
 */
import type pg from 'pg';
import { changedAllTheTime, listedStorage, storageSql } from '../statements/storage.ts';

/** Any number nobody else uses. Changes of these tables, or of those of read models, hold it until commit. */
const tablesLock = 7_081_962_011n;

/**
 * Waits until no other process changes tables of consumers or read models; for the rest of the transaction.
 *
 * A session remembers which schemas it has found missing, `plenum` among them when its user has that name and the
 * search path begins with it. Waiting for an advisory lock does not make it forget; looking at a table does. Without
 * that, a session that waited would not see what was made meanwhile and make it again.
 */
export const lockTables = async (client: pg.ClientBase): Promise<void> => {
  await client.query('select pg_advisory_xact_lock($1)', [tablesLock]);
  await client.query('select from pg_catalog.pg_namespace limit 0');
};

/** Makes the tables of consumers and what was added to them since, if they are not there. Call it under `lockTables`. */
export const makeConsumerTables = async (client: pg.ClientBase): Promise<void> => {
  await makeMissing(client, consumerTables);
  const { rows } = await client.query<{ there: boolean }>(`select ${checkpointIsStored('$1')} as there`, [
    storedCheckpoint,
  ]);
  if (rows[0]?.there !== true)
    await client.query(`alter table plenum.checkpoint set (${storageSql(changedAllTheTime)})`);
};

/** What tables that were made before it was said are brought to. */
export const storedCheckpoint = listedStorage(changedAllTheTime);
export const checkpointIsStored = (parameter: `$${number}`): string =>
  `exists (select from pg_class where oid = to_regclass('plenum.checkpoint') and reloptions @> ${parameter}::text[])`;

/** Only added to. Each with a relation that it makes, by which it is known to have been taken. */
export type TableSteps = readonly (readonly [made: string, statements: string])[];

/** Takes the steps that were not taken yet. Call it under `lockTables`. */
export const makeMissing = async (client: pg.ClientBase, wanted: TableSteps): Promise<void> => {
  for (const [made, statements] of wanted) {
    const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [made]);
    if (rows[0]?.there !== true) await client.query(statements);
  }
};

const tables = `
create schema if not exists plenum;

create table plenum.checkpoint (
  consumer text not null,
  version int not null,
  generation int not null,
  topic text not null,
  part int not null,
  next_offset bigint not null default 0,
  read bigint not null default 0,
  applied bigint not null default 0,
  duplicates bigint not null default 0,
  not_for_it bigint not null default 0,
  parked bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (consumer, version, generation, topic, part),
  constraint counters_balance check (read = applied + duplicates + not_for_it + parked)
) with (fillfactor = 10, ${storageSql(changedAllTheTime)});
comment on table plenum.checkpoint is
  'How far every consumer is: the next offset to read. The outbox-relay''s are of the store''s log, all others of the event log.
A writer holds the row''s lock until it commits.';

create table plenum.parked (
  consumer text not null,
  version int not null,
  generation int not null,
  topic text not null,
  part int not null,
  log_offset bigint not null,
  key text not null,
  event_id text,
  value bytea not null,
  code text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (consumer, version, generation, topic, part, log_offset)
);
comment on table plenum.parked is
  'Records a consumer could not take, with the reason, and those behind them. In texts, \\ is written \\\\ and NUL \\0.';

create table plenum.parked_key (
  consumer text not null,
  version int not null,
  generation int not null,
  topic text not null,
  part int not null,
  key text not null,
  from_offset bigint not null,
  parked_at timestamptz not null default now(),
  primary key (consumer, version, generation, topic, part, key)
);
comment on table plenum.parked_key is 'Record keys of which a consumer takes nothing more, and from which offset on.';
`;

/** "Why was my message refused?" asks for a node's keys among everybody's, the last parked first. */
const parkedByKey = 'create index parked_by_key on plenum.parked (key, parked_at)';

export const consumerTables: TableSteps = [
  ['plenum.checkpoint', tables],
  ['plenum.parked_by_key', parkedByKey],
];
