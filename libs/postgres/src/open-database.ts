/** The database a process works on, checked before anything is promised. */
import type { Logger } from '@plenum/runtime';
import type pg from 'pg';
import { normaliseUrl, openPool, query } from './pool.ts';
import { waitForDatabase } from './wait-for-database.ts';

export type DatabaseSettings = {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** At most this many connections, 2 to 20 (20 unless said otherwise); fewer where the server allows only few. */
  readonly connectionsMax?: number;
  readonly logger: Logger;
  /** How long to wait for a server that does not answer yet. */
  readonly waitMs?: number;
  /** Ends the waiting. */
  readonly stop?: AbortSignal;
  /**
   * Takes a server that may lose what it has committed. For tests, whose data are worth nothing; never a setting that
   * an operator could reach.
   */
  readonly allowUnsafeForTests?: boolean;
};

export type Database = {
  readonly pool: pg.Pool;
  /** With the password: keep it out of logs. */
  readonly url: string;
  /**
   * How many connections a further pool of this process may take that asks for so many: an eighth of what the server has
   * at most, and no fewer than it cannot do without (2 unless said otherwise).
   */
  beside(asked: number, least?: number): number;
  /** Ends the pool once its queries are finished. */
  close(): Promise<void>;
};

/**
 * Opens the database at `url`, and refuses one that Plenum's promises cannot stand on.
 * @throws TransientFailure when it does not answer in time; UnfitDatabase, naming the setting, when it is not fit.
 */
export const openDatabase = async (settings: DatabaseSettings): Promise<Database> => {
  const url = normaliseUrl(settings.url);
  const connections = await examine(url, settings);
  const connectionsMax = connectionsFor(connections, settings);
  const pool = openPool({ url, applicationName: settings.applicationName, connectionsMax });
  return {
    pool,
    url,
    beside: (asked, least = 2) => Math.min(asked, Math.max(least, Math.floor(connections / 8))),
    close: () => pool.end(),
  };
};

type Facts = {
  readonly version: string;
  readonly version_number: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly synchronous_commit: string;
  /** What the server has for users that are not superusers. */
  readonly connections: number;
};

const factsQuery = `
  select current_setting('server_version') as version,
         current_setting('server_version_num')::int as version_number,
         current_setting('server_encoding') as encoding,
         current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int as connections`;

/** Waits for the server, looks at it, and says how many connections it has for all. */
const examine = async (url: string, settings: DatabaseSettings): Promise<number> => {
  const { applicationName, logger, waitMs, stop, allowUnsafeForTests = false } = settings;
  const pool = openPool({ url, applicationName, connectionsMax: 1 });
  try {
    await waitForDatabase(pool, { logger, ...(waitMs !== undefined && { timeoutMs: waitMs }), ...(stop && { stop }) });
    const [facts] = await query<Facts>(pool, factsQuery);
    if (facts === undefined) throw new Error('PostgreSQL did not answer a question about its settings');
    const problems = problemsOf(facts, allowUnsafeForTests);
    if (problems.length > 0) throw new UnfitDatabase(problems);
    return facts.connections;
  } finally {
    await pool.end();
  }
};

/** The database is there, and Plenum must not use it. */
export class UnfitDatabase extends Error {
  constructor(problems: readonly string[]) {
    super(`This database cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'UnfitDatabase';
  }
}

const problemsOf = (facts: Facts, allowUnsafe: boolean): readonly string[] => {
  const problems: string[] = [];
  if (facts.version_number < 150_000) {
    problems.push(`it is PostgreSQL ${facts.version}; Plenum needs 15 or newer`);
  }
  if (facts.encoding !== 'UTF8') {
    problems.push(`its encoding is ${facts.encoding}; create a database with encoding UTF8`);
  }
  if (facts.fsync !== 'on' && !allowUnsafe) {
    problems.push(`fsync=${facts.fsync}: what it committed is lost with a power cut; set fsync=on`);
  }
  if (facts.synchronous_commit === 'off' && !allowUnsafe) {
    problems.push('synchronous_commit=off: what it committed is lost when it is killed; set synchronous_commit=on');
  }
  return problems;
};

/**
 * A quarter of what the server has is for the first pool of a process, and half of that for any other, so that replicas,
 * migrations and people find some too: three APIs, a projector and a bridge share the hundred of a usual PostgreSQL.
 */
const connectionsFor = (connections: number, settings: DatabaseSettings): number => {
  const asked = Math.min(20, Math.max(2, settings.connectionsMax ?? 20));
  const given = Math.min(asked, Math.max(2, Math.floor(connections / 4)));
  if (settings.connectionsMax !== undefined && given !== settings.connectionsMax) {
    settings.logger.warn({ asked: settings.connectionsMax, given, connections }, 'The pool gets another size');
  }
  return given;
};
