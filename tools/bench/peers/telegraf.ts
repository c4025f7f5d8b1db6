/** Telegraf, built with the plugins that it needs here and no others. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Missing } from '../missing.ts';
import type { World } from '../world.ts';
import type { Pipeline } from './pipeline.ts';

const run = promisify(execFile);

const version = 'v1.37.2';
const plugins = ['inputs.mqtt_consumer', 'outputs.postgresql', 'parsers.json'];

const telegraf = {
  versions: async () => `Telegraf ${version}`,
  tables: 'one',
  listens: false,
  readings: 'public.readings',
  alsoCount: [],
  floodMessages: 100_000,
} as const;

export const telegrafNoLoss: Pipeline = {
  ...telegraf,
  name: 'Telegraf, no loss',
  about: '`telegraf/no-loss.conf`: persistent session, QoS 1, batches of 500, a write every second at least',
  promise: 'Mosquitto lets go of it when its row is committed; a crash of Telegraf stores some twice',
  prepare: (world) => prepare(world, 'no-loss.conf'),
};

export const telegrafDefaults: Pipeline = {
  ...telegraf,
  name: 'Telegraf, defaults',
  about: '`telegraf/defaults.conf`: QoS 0, no session, a write every ten seconds or 1,000 metrics',
  promise: 'none: what it holds in memory is gone with it, and so is what comes while it is away',
  floodOnly: true,
  prepare: (world) => prepare(world, 'defaults.conf'),
};

const prepare = async (world: World, configuration: string): ReturnType<Pipeline['prepare']> => {
  const binary = await built(path.join(world.cacheDirectory, 'peers', 'telegraf'));
  const file = path.join(import.meta.dirname, 'telegraf', configuration);
  return async ({ databaseUrl, mqttPort, clientId, directory }) => [
    {
      name: 'telegraf',
      command: [binary, '--config', file],
      environment: {
        PEER_DATABASE_URL: databaseUrl,
        PEER_MQTT_URL: `tcp://127.0.0.1:${mqttPort}`,
        PEER_CLIENT_ID: clientId,
      },
      directory,
    },
  ];
};

/** Modules come through the proxy that Go is set to and are checked as Go does it; Telegraf's own go.mod pins the others. */
const built = async (directory: string): Promise<string> => {
  const place = path.join(directory, version);
  const binary = path.join(place, 'telegraf');
  if (existsSync(binary)) return binary;
  const tags = ['custom', ...plugins].join(',');
  const program = `github.com/influxdata/telegraf/cmd/telegraf@${version}`;
  const environment = { GOBIN: place, GOPATH: path.join(directory, 'go'), GOFLAGS: '-modcacherw', CGO_ENABLED: '0' };
  try {
    await run('go', ['install', '-trimpath', '-tags', tags, program], { env: { ...process.env, ...environment } });
  } catch (error) {
    throw new Missing(`no Telegraf: go install failed: ${String(error).slice(-500)}`);
  }
  return binary;
};
