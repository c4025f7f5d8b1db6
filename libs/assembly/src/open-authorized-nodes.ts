/** What the MQTT listener checks devices against: the table of nodes that may sign in, and word of every decision about one. */
import { type AuthorizedNodeReads, authorizedNodeReads, deviceSchema, deviceTables } from '@plenum/device';
import { type Database, migrateInline, postgresServiceDatabase } from '@plenum/postgres';
import type { ListenedChannel, Listening, Logger } from '@plenum/runtime';

export type OpenAuthorizedNodes = {
  readonly reads: AuthorizedNodeReads;
  /** Hears the id of each node that something was decided about. */
  listen(channel: Pick<ListenedChannel, 'hear' | 'begun'>): Listening;
  /** When whatever listens is closed, and before the foundation is. */
  close(): Promise<void>;
};

export type AuthorizedNodesParts = {
  readonly foundation: { readonly database: Pick<Database, 'pool' | 'url' | 'beside'> };
  readonly logger: Logger;
};

/**
 * Over connections of its own, so that devices that sign in wait behind nothing else. Makes the table where nobody decides yet.
 * @throws TransientFailure; an error when the table is newer than this program.
 */
export const openAuthorizedNodes = async (parts: AuthorizedNodesParts): Promise<OpenAuthorizedNodes> => {
  const { logger } = parts;
  const { database } = parts.foundation;
  await migrateInline(database.pool, deviceTables);
  const own = postgresServiceDatabase({ database, applicationName: 'plenum authorized nodes', logger });
  return {
    reads: authorizedNodeReads(own.sql),
    listen: (channel) => own.listen({ ...channel, channel: deviceSchema }),
    close: own.close,
  };
};
