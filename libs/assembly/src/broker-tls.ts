/** The files that the settings name for the connection to a broker. */
import { readFile } from 'node:fs/promises';
import { type Config, ConfigError } from '@plenum/config';
import type { DialTls } from '@plenum/mqtt';
import type { brokerSettings } from './broker-settings.ts';

export type BrokerTlsConfig = Pick<Config<typeof brokerSettings>, 'MQTT_CA' | 'MQTT_CERT' | 'MQTT_KEY'>;

/** @throws ConfigError when a file cannot be read, or one of two that belong together is missing. */
export const brokerTls = async ({ MQTT_CA: ca, MQTT_CERT: cert, MQTT_KEY: key }: BrokerTlsConfig): Promise<DialTls> => {
  if ((cert === undefined) !== (key === undefined)) {
    const name = cert === undefined ? 'MQTT_CERT' : 'MQTT_KEY';
    throw new ConfigError([{ name, problem: 'is missing: a certificate and its key are only of use together.' }]);
  }
  return {
    ...(ca === undefined ? {} : { ca: await pemFile('MQTT_CA', ca) }),
    ...(cert === undefined ? {} : { cert: await pemFile('MQTT_CERT', cert) }),
    ...(key === undefined ? {} : { key: await pemFile('MQTT_KEY', key) }),
  };
};

/** @throws ConfigError */
export const pemFile = async (name: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ name, problem: `names a file that cannot be read: ${(error as Error).message}` }]);
  }
};
