/** The settings of everything that the one command composes. */
import { processSettings } from '@plenum/config';

/** What the tools need: which database. */
export const databaseSettings = {
  DATABASE_URL: processSettings.DATABASE_URL,
  PLENUM_DATA_DIR: processSettings.PLENUM_DATA_DIR,
  LOG_LEVEL: processSettings.LOG_LEVEL,
};
