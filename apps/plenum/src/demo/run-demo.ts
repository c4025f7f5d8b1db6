import { readConfig } from '@plenum/config';
import { type Surroundings, untilStopped } from '../command-line/command.ts';
import { settings } from '../config.ts';
import type { Demonstration } from './demonstration.ts';
import { removeOldData } from './fresh.ts';
import { runInteractive } from './interactive.ts';
import { runOnce } from './once.ts';

type Asked = Omit<Demonstration, 'config' | 'wantsJsonLines' | 'surroundings'> & {
  readonly once: boolean;
  readonly fresh: boolean;
};

/** Runs either kind of demo, on empty data if that was asked for, and answers the exit code. */
export const runDemo = async (asked: Asked, surroundings: Surroundings): Promise<number> => {
  const { environment, stop } = surroundings;
  const config = readConfig(settings, environment);
  // Sentences for people unless somebody asked for the JSON lines of a server.
  const wantsJsonLines = environment.LOG_LEVEL !== undefined && environment.LOG_LEVEL !== '';
  if (asked.fresh) await removeOldData(config);
  const demonstration = { ...asked, config, wantsJsonLines, surroundings };
  return asked.once ? runOnce(demonstration) : untilStopped(stop, () => runInteractive(demonstration));
};
