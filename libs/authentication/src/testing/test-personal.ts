/** What encrypts names, over the database of one test. */
import type { TestContext } from 'node:test';
import { events } from '@plenum/catalogue';
import { type MasterKeys, personCipher } from '@plenum/credentials';
import { type PostgresPersonKeysParts, postgresPersonKeys } from '@plenum/postgres';
import { type PersonalParts, personalFieldsByType, personKeys } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';

export type TestPersonalSettings = {
  readonly pool: PostgresPersonKeysParts['pool'];
  readonly masterKeys?: MasterKeys;
};

/** Closed after the test. */
export const testPersonal = async (
  t: TestContext,
  { pool, masterKeys = { current: 'a master key of tests, which is long enough' } }: TestPersonalSettings,
): Promise<PersonalParts> => {
  const table = await postgresPersonKeys({ pool, logger: silentLogger });
  const keys = personKeys({ table, cipher: personCipher(masterKeys) });
  t.after(keys.close);
  return { fields: personalFieldsByType(events), keys };
};
