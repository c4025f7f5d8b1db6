import { withKeptSecrets } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { type Surroundings, untilStopped } from '../command-line/command.ts';
import type { LogName, MqttMode } from '../command-line/stack-options.ts';
import { settings } from '../config.ts';
import { toolSettings } from '../tool-settings.ts';
import type { Demonstration } from './demonstration.ts';
import { removeOldData } from './fresh.ts';
import { runInteractive } from './interactive.ts';
import { runOnce } from './once.ts';

type Asked = Omit<Demonstration, 'config' | 'wantsJsonLines' | 'surroundings'> & {
  readonly once: boolean;
  readonly fresh: boolean;
  readonly log: LogName | undefined;
  readonly mqtt: MqttMode | undefined;
};

/** Runs either kind of demo, on empty data if that was asked for, and answers the exit code. */
export const runDemo = async (asked: Asked, surroundings: Surroundings): Promise<number> => {
  const { environment, stop } = surroundings;
  if (asked.fresh) {
    // Before there are secrets: with the data, those go that they were sealed with.
    const { LOG, ...where } = readConfig(toolSettings, environment);
    await removeOldData({ ...where, LOG: asked.log ?? LOG });
  }
  const read = readConfig(settings, await withKeptSecrets(environment));
  const config = {
    ...read,
    LOG: asked.log ?? read.LOG,
    MQTT_MODE: asked.mqtt ?? read.MQTT_MODE,
    // A user who tries it out has not thought about who else could reach it, and it speaks plain HTTP.
    HTTP_HOST: (environment.HTTP_HOST ?? '') === '' ? '127.0.0.1' : read.HTTP_HOST,
    // The nodes have keys of their own, and nobody is let in who has none.
    MQTT_ANONYMOUS: (environment.MQTT_ANONYMOUS ?? '') === '' ? false : read.MQTT_ANONYMOUS,
    // Simulated nodes write times without a zone in UTC, whatever real ones at this site do.
    DEVICE_TIME_ZONE: 'UTC',
    // The usual name may be that of a bridge at work, which would lose its session to us.
    MQTT_CLIENT_ID: (environment.MQTT_CLIENT_ID ?? '') === '' ? 'plenum-demo' : read.MQTT_CLIENT_ID,
  };
  // Sentences for people unless somebody asked for the JSON lines of a server.
  const wantsJsonLines = environment.LOG_LEVEL !== undefined && environment.LOG_LEVEL !== '';
  const demonstration = { ...asked, config, wantsJsonLines, surroundings };
  return asked.once ? runOnce(demonstration) : untilStopped(stop, () => runInteractive(demonstration));
};
