/** Node-RED with the flow that one draws: mqtt in, and a row for each message. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@plenum/runtime';
import { Missing } from '../missing.ts';
import type { Pipeline } from './pipeline.ts';

const folder = path.join(import.meta.dirname, 'node-red');
const run = promisify(execFile);
const version = '5.0.7';

export const nodeRed: Pipeline = {
  name: 'Node-RED',
  versions: async () => `Node-RED ${version}, pg 8.23.1, Node ${process.version}`,
  about: '`node-red/flow.json`: persistent session, QoS 1, an INSERT for each message over ten connections',
  promise: 'Mosquitto lets go of it when Node-RED has it in memory: a crash loses what is not written yet',
  tables: 'one',
  listens: false,
  readings: 'public.readings',
  alsoCount: [],
  floodMessages: 20_000,
  prepare: async ({ cacheDirectory }) => {
    const place = path.join(cacheDirectory, 'peers', `node-red-${version}`);
    await installed(place);
    return async ({ databaseUrl, mqttPort, clientId, directory }) => [
      {
        name: 'node-red',
        command: [
          process.execPath,
          path.join(place, 'node_modules', 'node-red', 'red.js'),
          ...['--settings', path.join(place, 'settings.cjs')],
        ],
        environment: {
          ...{ PEER_DATABASE_URL: databaseUrl, PEER_CLIENT_ID: clientId },
          ...{ PEER_MQTT_HOST: '127.0.0.1', PEER_MQTT_PORT: String(mqttPort) },
          ...{ PEER_DIRECTORY: path.join(directory, 'node-red'), PEER_UI_PORT: String(await freePort()) },
        },
        directory,
      },
    ];
  },
};

/** From the lockfile beside the flow; no package runs anything while it is installed. */
const installed = async (place: string): Promise<void> => {
  await mkdir(place, { recursive: true });
  // The settings find `pg` from where they are.
  for (const file of ['settings.cjs', 'flow.json']) await copyFile(path.join(folder, file), path.join(place, file));
  const whole = path.join(place, 'whole');
  if (existsSync(whole)) return;
  try {
    await rm(path.join(place, 'node_modules'), { recursive: true, force: true });
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(path.join(folder, file), path.join(place, file));
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: place });
    await writeFile(whole, '');
  } catch (error) {
    throw new Missing(`no Node-RED: npm ci failed: ${String(error).slice(-500)}`);
  }
};
