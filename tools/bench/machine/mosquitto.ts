/** The Mosquitto of the measurements: the one on this machine, with the configuration that is shipped. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findMosquitto, placedConfiguration, shippedConfiguration } from '@plenum/local-mosquitto';
import { freePort } from '@plenum/runtime';
import { Missing } from '../missing.ts';
import type { Watched } from './usage.ts';

export type Mosquitto = { readonly port: number; readonly watched: Watched; stop(): Promise<void> };

/** As it says itself. @throws Missing where there is none. */
export const mosquittoVersion = (): string => {
  const { stdout } = spawnSync(mosquittoBinary(), ['-h'], { encoding: 'utf8' });
  return /mosquitto version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
};

const mosquittoBinary = (): string => {
  const binary = findMosquitto(process.env.PATH);
  if (binary === undefined) throw new Missing('no Mosquitto on this machine: apt-get install mosquitto');
  return binary;
};

/** @throws Missing where there is none. */
export const startMosquitto = async (): Promise<Mosquitto> => {
  const binary = mosquittoBinary();
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'plenum-bench-'));
  const file = path.join(folder, 'mosquitto.conf');
  const site = { folder, listeners: [[`listener ${port} 127.0.0.1`]], log: 'usual', logTo: 'stderr' } as const;
  await writeFile(file, placedConfiguration(shippedConfiguration(), site));
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stderr })) if (/version \S+ running/.test(line)) break;
  if (child.pid === undefined || child.exitCode !== null) throw new Error('Mosquitto did not start');
  child.stderr.resume();
  return {
    port,
    watched: { name: 'mosquitto', pid: child.pid },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
