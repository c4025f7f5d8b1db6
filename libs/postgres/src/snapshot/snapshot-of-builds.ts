/** A snapshot in which the builds that are active stay what they are, whatever becomes active or is dropped meanwhile. */
import { type BuildId, TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';
import { qualified, schemaOf } from '../read-models/names.ts';
import { inSnapshot, type SnapshotSettings } from './in-snapshot.ts';

/**
 * As `inSnapshot`, with the active builds of these projections, in the order of `names`; one that has none is left out. Nobody
 * drops their tables before `work` has settled.
 */
export const inSnapshotOf = async <T>(
  pool: pg.Pool,
  names: readonly string[],
  settings: SnapshotSettings,
  work: (client: pg.PoolClient, builds: readonly BuildId[]) => Promise<T>,
): Promise<T> => {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const builds = await activeBuilds((text, values) => query(pool, text, values), names);
    const tables = await tablesOf(pool, builds);
    const done = await inSnapshot(pool, settings, async (client) => {
      const areActive = await holdBuilds(client, { names, builds, tables });
      return areActive && { result: await work(client, builds) };
    });
    if (done !== false) return done.result;
  }
  throw new TransientFailure('exchanged', `Other builds of ${names.join(', ')} became active again and again`);
};

/** After each, one more build became active within milliseconds. */
const attemptsMax = 10;

type Ask = <R>(text: string, values: readonly unknown[]) => Promise<readonly R[]>;

const activeBuilds = async (ask: Ask, names: readonly string[]): Promise<readonly BuildId[]> => {
  const [found] = await ask<{ there: boolean }>(`select to_regclass('plenum.projection') is not null as there`, []);
  if (found?.there !== true) return [];
  return ask<BuildId>(
    `select name, version, generation from plenum.projection
      where name = any($1) and state = 'active' order by array_position($1, name)`,
    [names],
  );
};

const tablesOf = async (pool: pg.Pool, builds: readonly BuildId[]): Promise<readonly string[]> => {
  const found = await query<{ schema: string; name: string }>(
    pool,
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any($1) and c.relkind in ('r', 'p')`,
    [builds.map(schemaOf)],
  );
  return found.map(({ schema, name }) => qualified(schema, name));
};

type Held = {
  readonly names: readonly string[];
  readonly builds: readonly BuildId[];
  readonly tables: readonly string[];
};

/** Locks first, for the snapshot is taken by the question after that: whether these are the active builds in it. */
const holdBuilds = async (client: pg.PoolClient, { names, builds, tables }: Held): Promise<boolean> => {
  if (tables.length > 0) {
    const held = await client.query(`lock table ${tables.join(', ')} in access share mode`).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    if (held === undefined) return false;
  }
  const ask: Ask = async (text, values) => (await client.query(text, [...values])).rows;
  return JSON.stringify(await activeBuilds(ask, names)) === JSON.stringify(builds);
};

/** undefined_table, invalid_schema_name. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000');
