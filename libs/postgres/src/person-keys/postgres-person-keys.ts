/** Persons' keys in Postgres, wrapped: schema `plenum_person`. A copy of the database holds them still wrapped. */
import type { Sql } from '@plenum/read-model';
import type { KeptKey, Logger, PersonKeyTable } from '@plenum/runtime';
import type pg from 'pg';
import { listenTo } from '../listen.ts';
import { migrate } from '../log/migrate-log.ts';
import { query } from '../pool.ts';

export type PostgresPersonKeysParts = {
  /** One connection of it is kept while somebody listens. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
};

/** Also the channel on which removed keys are notified. */
export const personSchema = 'plenum_person';

/**
 * Opens the table, creating it where it is missing.
 * @throws TransientFailure; an error when it is newer than this program knows.
 */
export const postgresPersonKeys = async ({ pool, logger }: PostgresPersonKeysParts): Promise<PersonKeyTable> => {
  await migrate({ pool, schema: personSchema }, { versions: 'person_version', steps });
  const ask = async (text: string, parameters: readonly unknown[]): Promise<readonly KeptKey[]> =>
    (await query<KeyRow>(pool, text, parameters)).map(keptKey);
  return {
    read: (persons) => ask(`${select} where person = any($1)`, [persons]),
    add: addKeys,
    remove: async (person) => {
      await query(pool, removal, [person, personSchema]);
    },
    wrappedWith: (masters, after, limit) =>
      ask(`${select} where wrapped_with = any($1) and person > $2 order by person limit $3`, [masters, after, limit]),
    wrappedOtherwise: async (masters) => {
      const count = `select count(*)::int as keys from ${personSchema}.person_key where wrapped_with <> all ($1)`;
      const [row] = await query<{ readonly keys: number }>(pool, count, [masters]);
      return row?.keys ?? 0;
    },
    rewrap: async ({ person, wrapped: before }, { bytes, wrappedWith }) => {
      const values = [person, Buffer.from(before.bytes), Buffer.from(bytes), wrappedWith];
      await query(pool, rewrapping, values);
    },
    listen: (removed) =>
      listenTo({ pool, channel: personSchema, logger, hear: removed, begun: () => removed(undefined) }),
  };
};

const steps: readonly string[] = [
  `
-- What is encrypted for a person reads as erased once its row is gone.
create table ${personSchema}.person_key (
  person text collate "C" primary key,
  wrapped bytea not null,
  -- The fingerprint of the master key.
  wrapped_with text not null,
  made_at timestamptz not null default clock_timestamp()
);
create index on ${personSchema}.person_key (wrapped_with, person);
`,
];

type KeyRow = { readonly person: string; readonly wrapped: Buffer; readonly wrapped_with: string };

const keptKey = ({ person, wrapped, wrapped_with: wrappedWith }: KeyRow): KeptKey => ({
  person,
  wrapped: { bytes: wrapped, wrappedWith },
});

const select = `select person, wrapped, wrapped_with from ${personSchema}.person_key`;

/** In the order of persons, so that two decisions about the same persons wait for each other and are not stuck. */
const insert = `insert into ${personSchema}.person_key (person, wrapped, wrapped_with)
  select * from unnest($1::text[], $2::bytea[], $3::text[]) as made (person, wrapped, wrapped_with)
   order by made.person collate "C" on conflict do nothing`;

/** Against removal, and not against another wrapping. */
const locked = `${select} where person = any($1) order by person for key share`;

const addKeys = async (sql: Sql, made: readonly KeptKey[], persons: readonly string[]): Promise<readonly KeptKey[]> => {
  if (made.length > 0) {
    await sql(insert, [
      made.map(({ person }) => person),
      made.map(({ wrapped }) => Buffer.from(wrapped.bytes)),
      made.map(({ wrapped }) => wrapped.wrappedWith),
    ]);
  }
  // A new statement, and so a new snapshot: it sees what was committed while this waited.
  return (await sql<KeyRow>(locked, [persons])).map(keptKey);
};

const removal = `with removed as (delete from ${personSchema}.person_key where person = $1)
  select pg_notify($2, $1)`;

const rewrapping = `update ${personSchema}.person_key set wrapped = $3, wrapped_with = $4
  where person = $1 and wrapped = $2`;
