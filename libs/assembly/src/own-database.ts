/** The database a process works on: the one it is given, or an embedded one, which is started for it. */
import type { EmbeddedServer } from '@plenum/embedded-postgres';
import { type Database, type DatabaseSettings, openDatabase } from '@plenum/postgres';

export type OwnDatabaseSettings = Omit<DatabaseSettings, 'url'> &
  (
    | { readonly url: string }
    /** `dataDir` and `port` as `startEmbedded` has them. */
    | { readonly embedded: { readonly dataDir: string; readonly port?: number } }
  );

export type OwnDatabase = Database & {
  /** The server, if it is ours to run. `close` stops it, after the pool. */
  readonly embedded: EmbeddedServer | undefined;
};

/** @throws as `openDatabase` and `startEmbedded` do. */
export const openOwnDatabase = async (settings: OwnDatabaseSettings): Promise<OwnDatabase> => {
  if ('url' in settings) return { ...(await openDatabase(settings)), embedded: undefined };
  const { embedded: place, ...others } = settings;
  const { startEmbedded } = await import('@plenum/embedded-postgres');
  const embedded = await startEmbedded({ ...place, logger: settings.logger });
  try {
    const database = await openDatabase({ ...others, url: embedded.url });
    const close = async (): Promise<void> => {
      await database.close();
      await embedded.stop();
    };
    return { ...database, embedded, close };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
};
