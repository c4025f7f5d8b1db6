/** A script in Python, with one table and with the three that Plenum has. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../examples/python-environment.ts';
import { Missing } from '../missing.ts';
import type { Pipeline } from './pipeline.ts';

const folder = path.join(import.meta.dirname, 'python');
const run = promisify(execFile);

const python = {
  versions: async () => {
    const { stdout } = await run(await interpreter(), ['--version']);
    return `${stdout.trim()}, paho-mqtt 2.2.0, psycopg 3.3.9`;
  },
  promise: 'Mosquitto lets go of it when its row is committed; its key keeps a copy out',
  listens: false,
  readings: 'public.readings',
  floodMessages: 100_000,
} as const;

export const pythonOneTable: Pipeline = {
  ...python,
  name: 'Python, one table',
  about: '`python/ingest.py one-table`: batches of 1,000 or 50 ms, acknowledged after the commit',
  tables: 'one',
  alsoCount: [],
  prepare: () => prepare('one-table'),
};

export const pythonThreeTables: Pipeline = {
  ...python,
  name: 'Python, three tables',
  about: '`python/ingest.py three-tables`: the same, with the latest and the minutes in the same statement',
  tables: 'readings, latest, minutes',
  alsoCount: ['select sum(readings) as count from public.minutes'],
  prepare: () => prepare('three-tables'),
};

const prepare = async (shape: 'one-table' | 'three-tables'): ReturnType<Pipeline['prepare']> => {
  const python = await interpreter();
  return async ({ databaseUrl, mqttPort, clientId, directory }) => [
    {
      name: shape,
      command: [python, path.join(folder, 'ingest.py'), shape],
      environment: {
        ...{ PEER_DATABASE_URL: databaseUrl, PEER_CLIENT_ID: clientId },
        ...{ PEER_MQTT_HOST: '127.0.0.1', PEER_MQTT_PORT: String(mqttPort) },
      },
      directory,
    },
  ];
};

const interpreter = async (): Promise<string> => {
  const environment = await pythonEnvironment(path.join(folder, 'requirements.txt'));
  if (environment.python === undefined) throw new Missing(environment.skip);
  return environment.python;
};
