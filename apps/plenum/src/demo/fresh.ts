import type { Config } from '@plenum/config';
import { removeEmbedded } from '@plenum/postgres';
import { UsageError } from '../command-line/command.ts';
import type { databaseSettings } from '../database-settings.ts';
import { toldLogger } from './told-logger.ts';

/** @throws when another process uses the data, or they are in a database that is not ours to empty. */
export const removeOldData = async ({
  DATABASE_URL,
  PLENUM_DATA_DIR,
}: Config<typeof databaseSettings>): Promise<void> => {
  if (DATABASE_URL !== undefined) {
    throw new UsageError(
      '--fresh only empties the embedded database, and DATABASE_URL is set: empty that one yourself',
    );
  }
  const removed = await removeEmbedded(
    PLENUM_DATA_DIR,
    toldLogger(() => undefined),
  );
  if (!removed) throw new Error(`${PLENUM_DATA_DIR} is in use by another plenum: stop that one first`);
};
