/** Read models of one log live in one database: their checkpoints are positions in that log and mean nothing elsewhere. */
import { type Database, feedFrom, openDatabase, query } from '@plenum/postgres';
import type { FoundationSettings } from './foundation-settings.ts';
import { type OwnDatabase, openOwnDatabase } from './own-database.ts';

export type Where =
  | { readonly url: string }
  /** The server of a running Plenum. */
  | { readonly embeddedUrl: string }
  | { readonly embedded: { readonly dataDir: string } };

/** The database holds what was made from another log. */
export class DatabaseOfAnotherLog extends Error {
  constructor(made: string, wanted: string) {
    super(
      `the read models in this database are made from the log "${made}" and this process reads the log "${wanted}": ` +
        'set LOG and KAFKA_BROKERS to that log, or DATABASE_URL to a database of its own',
    );
    this.name = 'DatabaseOfAnotherLog';
  }
}

type Pool = Database['pool'];

/** @throws DatabaseOfAnotherLog; TransientFailure. */
export const claimDatabase = async (pool: Pool, logId: string): Promise<void> => {
  const made = await feedFrom(pool, logId);
  if (made !== logId) throw new DatabaseOfAnotherLog(made, logId);
};

type Opening = Pick<FoundationSettings, 'applicationName' | 'connectionsMax' | 'logger' | 'stop'>;

/**
 * The database for read models made from a Kafka cluster: the one that was given, or one of its own in the embedded
 * server, so that going from one log to another and back disturbs neither.
 */
export const databaseOfCluster = async (clusterId: string, where: Where, opening: Opening): Promise<OwnDatabase> => {
  const { applicationName, connectionsMax, logger, stop } = opening;
  const common = { applicationName, logger, stop };
  if ('url' in where) return openOwnDatabase({ ...common, url: where.url, connectionsMax });
  const place = 'embedded' in where ? where : { url: where.embeddedUrl };
  const server = await openOwnDatabase({ ...common, ...place, connectionsMax: 2 });
  try {
    const name = `kafka_${clusterId}`;
    await makeDatabase(server.pool, name);
    const database = await openDatabase({ ...common, url: withDatabase(server.url, name), connectionsMax });
    const close = async (): Promise<void> => {
      await database.close();
      await server.close();
    };
    return { ...database, embedded: server.embedded, close };
  } catch (error) {
    await server.close();
    throw error;
  }
};

const makeDatabase = async (pool: Pool, name: string): Promise<void> => {
  const there = await query(pool, 'select from pg_database where datname = $1', [name]);
  if (there.length === 0) await query(pool, `create database "${name.replaceAll('"', '""')}"`);
};

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
};
