import type pg from 'pg';
import { inTransaction } from '../pool.ts';
import { schemaSteps } from './schema.sql.ts';

/** Any number that nobody else uses: it names the lock that keeps two processes from migrating at once. */
const migrationLock = 7_081_962_001n;

/**
 * Brings schema `plenum_log` to this program's version. Safe from several processes at once.
 * @throws when the schema is newer than this program knows: an older program must not write to it.
 */
export const migrateLog = (pool: pg.Pool): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('create schema if not exists plenum_log');
    await client.query(
      'create table if not exists plenum_log.schema_version' +
        ' (version int primary key, applied_at timestamptz not null default clock_timestamp())',
    );
    const { rows } = await client.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from plenum_log.schema_version',
    );
    const version = rows[0]?.version ?? 0;
    if (version > schemaSteps.length) {
      throw new Error(`the log's schema is version ${version}; this program knows ${schemaSteps.length}`);
    }
    for (const [index, step] of schemaSteps.entries()) {
      if (index < version) continue;
      await client.query(step);
      await client.query('insert into plenum_log.schema_version (version) values ($1)', [index + 1]);
    }
  });
