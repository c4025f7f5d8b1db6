import { processSettings, registrySettings } from '@plenum/config';

/** What `schemas` needs to be told: which registry. */
export const settings = { ...registrySettings, LOG_LEVEL: processSettings.LOG_LEVEL };
