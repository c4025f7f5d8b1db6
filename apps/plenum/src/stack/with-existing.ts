import { readConfig } from '@plenum/config';
import { createLogger } from '@plenum/metrics';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';
import { withLocalKafka } from '../kafka/local-kafka.ts';
import { toolSettings } from '../tool-settings.ts';
import { type Foundation, openExisting } from './foundation.ts';

type Wanted = { readonly log: LogName | undefined; readonly connectionsMax: number };

/**
 * Opens the log and the database that are there, hands them over, and closes them again.
 * @throws what opening throws; what `work` throws.
 */
export const withExisting = async <T>(
  { log, connectionsMax }: Wanted,
  { environment, tell, stop }: Surroundings,
  work: (foundation: Foundation) => Promise<T>,
): Promise<T> => {
  const read = readConfig(toolSettings, environment);
  // A tool is asked for one thing; what happens on the way is only logged for those who want to know.
  const quiet = environment.LOG_LEVEL === undefined || environment.LOG_LEVEL === '';
  const logger = createLogger({ name: 'replay', level: quiet ? 'warn' : read.LOG_LEVEL, to: 'stderr' });
  const local = await withLocalKafka({
    config: { ...read, LOG: log ?? read.LOG },
    registers: 'here',
    say: (text) => tell(`${text}\n`),
    ...{ logger, stop },
  });
  try {
    const { config } = local;
    const foundation = await openExisting({
      applicationName: 'plenum replay',
      ...{ config, connectionsMax, logger, stop },
    });
    try {
      return await work(foundation);
    } finally {
      await foundation.close();
    }
  } finally {
    await local.stop();
  }
};
