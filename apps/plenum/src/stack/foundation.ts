/** What everything else stands on: one database, one log over it, one codec. Opened once, shared by all parts. */
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import type { Config } from '@plenum/config';
import { type Database, type DatabaseSettings, embeddedState, openDatabase, postgresLog } from '@plenum/postgres';
import type { EventCodec, Log, Logger } from '@plenum/runtime';
import type { databaseSettings } from '../database-settings.ts';

export type Foundation = {
  readonly database: Database;
  readonly log: Log;
  readonly codec: EventCodec;
  close(): Promise<void>;
};

export type FoundationSettings = {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly config: Config<typeof databaseSettings>;
  readonly connectionsMax: number;
  readonly logger: Logger;
  readonly stop: AbortSignal;
};

/** @throws as `openDatabase` and `postgresLog` do; the reason of `stop`, with nothing left open, when it aborts. */
export const openFoundation = async (settings: FoundationSettings): Promise<Foundation> => {
  const { config } = settings;
  const where =
    config.DATABASE_URL === undefined
      ? { embedded: { dataDir: config.PLENUM_DATA_DIR } }
      : { url: config.DATABASE_URL };
  return openOn(where, settings);
};

/**
 * The same for tools that look at what is there: beside a running Plenum they use its database, else they start the
 * embedded one for as long as they need it.
 * @throws when there are no data yet.
 */
export const openExisting = async (settings: FoundationSettings): Promise<Foundation> => {
  const { DATABASE_URL, PLENUM_DATA_DIR: dataDir } = settings.config;
  if (DATABASE_URL !== undefined) return openOn({ url: DATABASE_URL }, settings);
  const found = await embeddedState(dataDir);
  switch (found.state) {
    case 'running':
      return openOn({ url: found.url }, settings);
    case 'stopped':
      return openOn({ embedded: { dataDir } }, settings);
    case 'busy':
      throw new Error(`another plenum is just starting or stopping on ${dataDir}: try again in a moment`);
    case 'absent':
      throw new Error(`there are no data under ${dataDir} yet: npm run demo makes some, or set DATABASE_URL`);
  }
};

type Where = { readonly url: string } | { readonly embedded: { readonly dataDir: string } };

const openOn = async (where: Where, settings: FoundationSettings): Promise<Foundation> => {
  const { applicationName, connectionsMax, logger, stop } = settings;
  const wanted: DatabaseSettings = { ...where, applicationName, connectionsMax, logger, stop };
  const database = await openDatabase(wanted);
  try {
    stop.throwIfAborted();
    const log = await postgresLog({ pool: database.pool, topics, logger });
    return {
      database,
      log,
      codec: avroCodec(events),
      close: async () => {
        await log.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
};
