import { assemblySettings } from '@plenum/assembly';
import { processSettings } from '@plenum/config';

/** What the tools need to know: which log and which database. */
export const toolSettings = { ...assemblySettings, LOG_LEVEL: processSettings.LOG_LEVEL };
