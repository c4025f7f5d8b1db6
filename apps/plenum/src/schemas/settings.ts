import { processSettings, registrySettings } from '@plenum/config';

/** What `schemas` needs to know: which registry. */
export const settings = { ...registrySettings, LOG_LEVEL: processSettings.LOG_LEVEL };
