/** A Mosquitto of this machine, in a folder that is gone afterwards, for a demonstration of the MQTT connector. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { freePort } from '@plenum/runtime';
import { findMosquitto } from './find-mosquitto.ts';
import { placedConfiguration, shippedConfiguration } from './shipped-configuration.ts';

export type LocalMosquitto = {
  readonly url: string;
  /** Settles with how it ended, also when nobody asked it to. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

export class NoMosquitto extends Error {
  override readonly name = 'NoMosquitto';
  constructor() {
    super(
      'there is no Mosquitto on this machine: install it (apt-get install mosquitto, brew install mosquitto), or set ' +
        'MQTT_URL to a broker that is already there',
    );
  }
}

/** @throws {NoMosquitto}; an error with its last lines when it does not start. */
export const startLocalMosquitto = async (searchPath: string | undefined): Promise<LocalMosquitto> => {
  const binary = findMosquitto(searchPath);
  if (binary === undefined) throw new NoMosquitto();
  const folder = await mkdtemp(path.join(tmpdir(), 'plenum-mosquitto-'));
  try {
    const { port, ended, end } = await runOnFreePort(binary, path.join(folder, 'mosquitto.conf'));
    const stop = async (): Promise<void> => {
      end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    return { url: `mqtt://127.0.0.1:${port}`, ended, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

/**
 * As it is shipped, saved every few seconds though the folder ends with it: a demonstration shows what a site would see,
 * and a broker that saves is slower at times.
 */
const configuration = (port: number, folder: string): string =>
  placedConfiguration(shippedConfiguration(), {
    folder,
    listeners: [[`listener ${port} 127.0.0.1`]],
    log: 'usual',
    logTo: 'stderr',
  });

/**
 * The shell ends it when the pipe to us closes, which also happens when we are killed. In a group of its own it does not
 * hear the Ctrl-C that we still have work to do after.
 */
const script = '"$0" -c "$1" 3<&- & broker=$!; { read -r _ <&3; kill "$broker" 2>/dev/null; } & wait "$broker"';

type Running = { readonly ended: Promise<string>; end(): void };

/** Somebody can take a port between our look and the broker's: then it is tried on another one. */
const runOnFreePort = async (binary: string, file: string): Promise<Running & { readonly port: number }> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    await writeFile(file, configuration(port, path.dirname(file)));
    try {
      return { ...(await run(binary, file)), port };
    } catch (error) {
      if (attempt === attempts || !String(error).includes('Address already in use')) throw error;
    }
  }
};

const attempts = 5;

const run = async (binary: string, file: string): Promise<Running> => {
  const child = spawn('/bin/sh', ['-c', script, binary, file], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const [, , errors, lifeline] = child.stdio;
  if (!errors || !lifeline) throw new Error('a child process came without its pipes');
  const lines: string[] = [];
  const { promise: running, resolve } = Promise.withResolvers<void>();
  createInterface(child.stderr as NonNullable<typeof child.stderr>).on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
    if (/mosquitto version \S+ running/.test(line)) resolve();
  });
  const ended = once(child, 'exit').then(() => lines.slice(-3).join('; '));
  const end = (): void => void (lifeline as Writable).end();
  const early = ended.then((said) => {
    end(); // What of the shell waits for it would wait as long as we live.
    throw new Error(`Mosquitto did not start: ${said}`);
  });
  early.catch(() => undefined); // Later it is only an end.
  await Promise.race([running, early]);
  return { ended, end };
};
