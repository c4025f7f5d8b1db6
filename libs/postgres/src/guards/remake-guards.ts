/** The guards' tables, made again from the store of decisions, with what their verifiers need to be of use. */
import { guardSchema, rebuildGuards } from '@plenum/access';
import type { Sql } from '@plenum/read-model';
import type { EventCodec } from '@plenum/runtime';
import type pg from 'pg';
import { allDecisions } from '../event-store/all-decisions.ts';
import { inTransaction, query } from '../pool.ts';
import { migrateGuards } from './migrate-guards.ts';

/**
 * Makes the guards again in one transaction: whoever decides, or stands at a door, waits for its end. The store's own
 * tables have to be there.
 * @throws Weather; an error when a fact cannot be read.
 */
export const remakeGuards = async (pool: pg.Pool, codec: EventCodec): Promise<{ readonly facts: number }> => {
  await migrateGuards(pool);
  return inTransaction(pool, (client) => {
    const sql: Sql = async <R>(text: string, parameters: readonly unknown[] = []) =>
      // Whoever wrote the text names the columns it selects.
      (await client.query(text, [...parameters])).rows as readonly R[];
    return rebuildGuards(sql, allDecisions(client, codec));
  });
};

/** How many verifiers are sealed with which master key, by its fingerprint. @throws Weather */
export const verifierSeals = (
  pool: pg.Pool,
): Promise<readonly { readonly sealed_with: string; readonly verifiers: number }[]> =>
  query(
    pool,
    `select sealed_with, count(*)::int as verifiers from ${guardSchema}.guard_verifier
      where sealed is not null group by sealed_with order by sealed_with`,
  );
