import { processSettings } from '@plenum/config';

/** What the tools need to be told: which database. */
export const databaseSettings = {
  DATABASE_URL: processSettings.DATABASE_URL,
  PLENUM_DATA_DIR: processSettings.PLENUM_DATA_DIR,
  LOG_LEVEL: processSettings.LOG_LEVEL,
};
