import type pg from 'pg';
import { inTransaction } from '../pool.ts';
import type { LogDatabase } from './log-database.ts';
import { schemaSteps } from './schema.sql.ts';

/** Any number that nobody else uses: with the schema's name it names the lock that keeps two processes from migrating at once. */
const migrationLock = 7_081_962_001n;

/**
 * Brings a log's schema to this program's version. Safe from several processes at once.
 * @throws when the schema is newer than this program knows: an older program must not write to it.
 */
export const migrateLog = (database: LogDatabase): Promise<void> =>
  migrate(database, { versions: 'schema_version', steps: schemaSteps(database.schema) });

export type Migration = {
  /** The table in which the steps that were done are noted. */
  readonly versions: string;
  /** Only added to. */
  readonly steps: readonly string[];
};

type Migrated = { readonly pool: pg.Pool; readonly schema: string };

/** @throws as `migrateLog`. */
export const migrate = ({ pool, schema }: Migrated, { versions, steps }: Migration): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [schema, migrationLock]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.${versions}` +
        ' (version int primary key, applied_at timestamptz not null default clock_timestamp())',
    );
    const { rows } = await client.query<{ version: number }>(
      `select coalesce(max(version), 0) as version from ${schema}.${versions}`,
    );
    const version = rows[0]?.version ?? 0;
    if (version > steps.length) {
      throw new Error(`${schema}.${versions} is version ${version}; this program knows ${steps.length}`);
    }
    for (const [index, step] of steps.entries()) {
      if (index < version) continue;
      await client.query(step);
      await client.query(`insert into ${schema}.${versions} (version) values ($1)`, [index + 1]);
    }
  });
