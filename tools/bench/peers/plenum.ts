/** Plenum as a pipeline: its bridge and its projector, a process each, as they are run. */
import path from 'node:path';
import { readingsProjection } from '@plenum/ceiling';
import { buildOf, nameOfBuild } from '@plenum/read-model';
import { freePort } from '@plenum/runtime';
import type { Pipeline, Place } from './pipeline.ts';
import type { ProgramSettings } from './program.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const schema = nameOfBuild(buildOf(readingsProjection));

const plenum = {
  versions: async () => `this tree, Node ${process.version}`,
  tables: 'log, readings, latest, minutes',
  readings: `(select sensor_id, effective_time as time, value from ${schema}.sensor_data)`,
  alsoCount: [`select sum(readings) as count from ${schema}.sensor_minutes`],
  floodMessages: 100_000,
} as const;

export const plenumListener: Pipeline = {
  ...plenum,
  name: 'Plenum listener',
  about: 'bridge and projector, all settings as they are; devices publish to the bridge',
  promise: 'a PUBACK comes when the log has it on disk; no crash of Plenum loses or doubles it',
  listens: true,
  prepare: async () => (place) => programs(place, { MQTT_PORT: String(place.mqttPort) }),
};

export const plenumConnector: Pipeline = {
  ...plenum,
  name: 'Plenum connector',
  about: 'the same, and the bridge subscribes at Mosquitto',
  promise: 'Mosquitto lets go of it when the log has it on disk; no crash of Plenum loses or doubles it',
  listens: false,
  prepare: async () => (place) =>
    programs(place, {
      ...{ MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${place.mqttPort}`, MQTT_CLIENT_ID: place.clientId },
    }),
};

/** The same listener on a log in Kafka. */
export const plenumOnKafka = (brokers: readonly string[]): Pipeline => ({
  ...plenumListener,
  name: 'Plenum on Kafka',
  prepare: async () => (place) =>
    programs(place, { MQTT_PORT: String(place.mqttPort), LOG: 'kafka', KAFKA_BROKERS: brokers.join(',') }),
});

const programs = async (
  { databaseUrl, directory }: Place,
  settings: Readonly<Record<string, string>>,
): Promise<readonly ProgramSettings[]> => {
  const everywhere = { DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', ...settings };
  const bridge = { MQTT_WS_PORT: '0', BRIDGE_PROBES_PORT: String(await freePort()) };
  const projector = { PROJECTOR_PROBES_PORT: String(await freePort()) };
  const program = (app: string, own: Readonly<Record<string, string>>): ProgramSettings => ({
    name: app,
    command: [process.execPath, path.join(root, 'apps', app, 'src', 'main.ts')],
    environment: { ...everywhere, ...own },
    directory,
  });
  return [program('mqtt-bridge', bridge), program('projector', projector)];
};
