/** The secrets that Plenum itself keeps, for every process that lets somebody in. */
import { type Config, processSettings, text } from '@plenum/config';

const where = 'Without DATABASE_URL one is made once and kept under PLENUM_DATA_DIR; with it, this has to be given.';

/** Spread into the settings of every app that signs tokens or checks passwords and keys. */
export const secretSettings = {
  JWT_SECRET: text({
    about: `What session tokens are signed with: 32 random bytes or more, the same for all replicas. ${where}`,
    secret: true,
    optional: true,
  }),
  JWT_SECRET_PREVIOUS: text({
    about: 'The JWT_SECRET before this one: tokens that it signed stay good until they expire, a day at most.',
    secret: true,
    optional: true,
  }),
  PLENUM_MASTER_KEY: text({
    about:
      'What passwords and API keys are sealed with wherever they are recorded: 32 random bytes or more, the same for ' +
      `all replicas. Without it nobody can log in any more. ${where}`,
    secret: true,
    optional: true,
  }),
  PLENUM_MASTER_KEY_PREVIOUS: text({
    about: 'The PLENUM_MASTER_KEY before this one: opens what it sealed.',
    secret: true,
    optional: true,
  }),
};

/** What decides which secrets a process has. */
export const secretPlaceSettings = {
  DATABASE_URL: processSettings.DATABASE_URL,
  PLENUM_DATA_DIR: processSettings.PLENUM_DATA_DIR,
  ...secretSettings,
};

export type SecretConfig = Config<typeof secretPlaceSettings>;
