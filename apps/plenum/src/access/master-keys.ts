import { withKeptSecrets } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { type Environment, readConfig } from '@plenum/config';
import type { MasterKeys } from '@plenum/credentials';

/** The master keys that are set or kept beside the data; none is made. @throws {ConfigError} when one is weak. */
export const masterKeysIn = async (environment: Environment): Promise<MasterKeys | undefined> => {
  const { PLENUM_MASTER_KEY: declared, PLENUM_MASTER_KEY_PREVIOUS } = authenticationSettings;
  const kept = await withKeptSecrets(environment, 'leave');
  if ((kept.PLENUM_MASTER_KEY ?? '') === '') return undefined;
  const read = readConfig({ PLENUM_MASTER_KEY: declared, PLENUM_MASTER_KEY_PREVIOUS }, kept);
  return { current: read.PLENUM_MASTER_KEY, previous: read.PLENUM_MASTER_KEY_PREVIOUS };
};
