/**
 * What a process stands on: the log that LOG names, and the database with the read models made from that log. What only some
 * processes need (Kafka, an embedded server) is loaded by those: every module costs time at each start.
 */
import { topics } from '@plenum/catalogue';
import type { EmbeddedServer } from '@plenum/embedded-postgres';
import { type Database, type PostgresPresence, postgresLog, postgresPresence } from '@plenum/postgres';
import type { Log, Presence } from '@plenum/runtime';
import { claimDatabase, databaseOfCluster, type Where } from './database-of-log.ts';
import type { FoundationSettings } from './foundation-settings.ts';
import type { OpenKafka } from './open-kafka.ts';
import { openOwnDatabase } from './own-database.ts';
import type { AssemblyConfig } from './settings.ts';

export type OpenLog = {
  readonly log: Log;
  close(): Promise<void>;
};

export type Foundation = OpenLog & {
  /** Holds the read models made from `log`, and nothing of any other log. */
  readonly database: Database;
  /** The database's server, if this process runs it. */
  readonly embedded: EmbeddedServer | undefined;
};

/**
 * The log by itself, for who has no use for a database. Only the log in Postgres opens one.
 * @throws as `openFoundation` does, but for `DatabaseOfAnotherLog`.
 */
export const openLog = async (settings: FoundationSettings): Promise<OpenLog> => {
  if (settings.config.LOG === 'kafka') return openKafka(settings);
  return logInPostgres(whereOf(settings.config), settings);
};

/**
 * @throws {ConfigError} when settings do not fit together; as `openDatabase`, `postgresLog` and `kafkaLog` do;
 *   DatabaseOfAnotherLog; the reason of `stop`. Nothing is left open then.
 */
export const openFoundation = (settings: FoundationSettings): Promise<Foundation> =>
  openOn(whereOf(settings.config), settings);

/**
 * The same for tools that look at what is there: beside a running Plenum they use its database, else they start the
 * embedded one for as long as they need it.
 * @throws when there are no data yet.
 */
export const openExisting = async (settings: FoundationSettings): Promise<Foundation> => {
  const { DATABASE_URL, PLENUM_DATA_DIR: dataDir } = settings.config;
  if (DATABASE_URL !== undefined) return openOn({ url: DATABASE_URL }, settings);
  const { embeddedState } = await import('@plenum/embedded-postgres');
  const found = await embeddedState(dataDir);
  switch (found.state) {
    case 'running':
      return openOn({ embeddedUrl: found.url }, settings);
    case 'stopped':
      return openOn({ embedded: { dataDir } }, settings);
    case 'busy':
      throw new Error(`another plenum is just starting or stopping on ${dataDir}: try again in a moment`);
    case 'absent':
      throw new Error(`there are no data under ${dataDir} yet: npm run demo makes some, or set DATABASE_URL`);
  }
};

const openKafka = async (settings: FoundationSettings, presence?: () => Presence | undefined): Promise<OpenKafka> =>
  (await import('./open-kafka.ts')).openKafka({ ...settings, ...(presence && { presence }) });

const whereOf = ({ DATABASE_URL: url, PLENUM_DATA_DIR: dataDir }: AssemblyConfig): Where =>
  url === undefined ? { embedded: { dataDir } } : { url };

const openOn = async (where: Where, settings: FoundationSettings): Promise<Foundation> => {
  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const foundation =
    settings.config.LOG === 'kafka' ? await onKafka(where, settings) : await inPostgres(where, settings);
  opened.defer(foundation.close);
  await claimDatabase(foundation.database.pool, foundation.logId);
  settings.stop.throwIfAborted();
  const { database, embedded, log } = foundation;
  const parts = opened.move();
  return { database, embedded, log, close: () => parts.disposeAsync() };
};

type Opened = Foundation & {
  /** What the database is claimed for. */
  readonly logId: string;
};

const inPostgres = async (where: Where, settings: FoundationSettings): Promise<Opened> => ({
  ...(await logInPostgres(where, settings)),
  logId: 'postgres',
});

const onKafka = async (where: Where, settings: FoundationSettings): Promise<Opened> => {
  await using opened = new AsyncDisposableStack();
  let presence: PostgresPresence | undefined;
  const kafka = await openKafka(settings, () => presence);
  opened.defer(() => kafka.close());
  const database = await databaseOfCluster(kafka.clusterId, where, settings);
  opened.defer(() => database.close());
  presence = await postgresPresence({ pool: database.pool, logger: settings.logger });
  opened.move();
  const close = async (): Promise<void> => {
    await kafka.close();
    await presence.close();
    await database.close();
  };
  return { database, embedded: database.embedded, log: kafka.log, logId: `kafka ${kafka.clusterId}`, close };
};

const logInPostgres = async (where: Where, settings: FoundationSettings): Promise<Foundation> => {
  const { applicationName, connectionsMax, logger, stop } = settings;
  const place = 'embeddedUrl' in where ? { url: where.embeddedUrl } : where;
  const database = await openOwnDatabase({ ...place, applicationName, connectionsMax, logger, stop });
  try {
    stop.throwIfAborted();
    const log = await postgresLog({ pool: database.pool, topics, logger });
    const close = async (): Promise<void> => {
      await log.close();
      await database.close();
    };
    return { database, embedded: database.embedded, log, close };
  } catch (error) {
    await database.close();
    throw error;
  }
};
