/** What names a person: encrypted on the way into the log, made text for rules and for answers. */
import { events } from '@plenum/catalogue';
import type { MasterKeys } from '@plenum/credentials';
import { type Database, postgresPersonKeys } from '@plenum/postgres';
import {
  type Logger,
  type PersonalParts,
  type PersonKeys,
  personalFieldsByType,
  personKeys,
  type UnreadableValue,
} from '@plenum/runtime';

export type PersonsSettings = {
  readonly database: Pick<Database, 'pool'>;
  readonly masterKeys: MasterKeys;
  readonly logger: Logger;
};

export type OpenPersons = {
  readonly personal: PersonalParts;
  readonly keys: PersonKeys;
  /** Values that were there and could not be read, since the start. */
  unreadable(): number;
  /** Call before the database is closed. */
  close(): Promise<void>;
};

/**
 * Says at the start how many keys are wrapped with a master key that is not set.
 * @throws TransientFailure; an error when the table is newer than this program.
 */
export const openPersons = async ({ database, masterKeys, logger }: PersonsSettings): Promise<OpenPersons> => {
  const table = await postgresPersonKeys({ pool: database.pool, logger });
  const { personCipher } = await import('@plenum/credentials');
  const cipher = personCipher(masterKeys);
  const locked = await table.wrappedOtherwise(cipher.unwrapsWith);
  if (locked > 0) logger.warn({ keys: locked }, 'persons\u2019 keys are wrapped with a master key that is not set');
  const keys = personKeys({ table, cipher });
  let count = 0;
  const unreadable = ({ person, place, why }: UnreadableValue): void => {
    // The first is logged; of a page of thousands nobody reads more.
    if (count === 0) logger.error({ person, ...place, why }, 'what names a person cannot be read');
    count += 1;
  };
  const personal = { fields: personalFieldsByType(events), keys, unreadable };
  return { personal, keys, unreadable: () => count, close: keys.close };
};
