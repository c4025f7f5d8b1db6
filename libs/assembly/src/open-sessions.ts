/** Where the MQTT server keeps sessions and retained messages: in the database, under the presence of this process. */
import { type Database, postgresPresence, postgresServiceDatabase, postgresSessionStore } from '@plenum/postgres';
import type { Logger, SessionStore } from '@plenum/runtime';

export type OpenSessions = {
  readonly store: SessionStore;
  /**
   * Finishes what was asked for and gives up the sessions, so that other servers adopt them at once. Before the foundation is closed.
   * @throws TransientFailure when the database is away; what was not written is lost then.
   */
  close(): Promise<void>;
};

export type SessionsParts = {
  readonly foundation: { readonly database: Pick<Database, 'pool' | 'url' | 'beside'> };
  readonly logger: Logger;
};

/**
 * Over connections of its own, so that sessions never wait behind other work. The one that shows the presence is of the
 * database's pool: nothing is said on it, and for that it would be cut.
 * @throws TransientFailure; an error when the tables are newer than this program. Nothing is left open then.
 */
export const openSessions = async ({ foundation: { database }, logger }: SessionsParts): Promise<OpenSessions> => {
  await using opened = new AsyncDisposableStack();
  const own = postgresServiceDatabase({ database, applicationName: 'plenum sessions', logger });
  opened.defer(own.close);
  const presence = await postgresPresence({ pool: database.pool, logger });
  opened.defer(presence.close);
  const store = await postgresSessionStore({ pool: own.pool, presence, logger });
  opened.defer(store.close);
  const parts = opened.move();
  return { store, close: () => parts.disposeAsync() };
};
