/** The broker of a site whose bridge subscribes at one that is already there: Mosquitto, which keeps sessions on disk. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findMosquitto, placedConfiguration, shippedConfiguration } from '@plenum/local-mosquitto';
import { type Program, runProgram } from './program.ts';

/** @throws when there is no Mosquitto on this machine. */
export const startMosquitto = async (directory: string, logs: string, port: number): Promise<Program> => {
  const binary = findMosquitto(process.env.PATH);
  if (binary === undefined) throw new Error('there is no Mosquitto on this machine: apt-get install mosquitto');
  const folder = path.join(directory, 'mosquitto');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, configuration(folder, port));
  return runProgram({ name: 'mosquitto', command: [binary, '-c', file], environment: {}, directory: logs });
};

/** As it is shipped. */
const configuration = (folder: string, port: number): string =>
  placedConfiguration(shippedConfiguration(), {
    folder,
    listeners: [[`listener ${port} 127.0.0.1`]],
    log: 'usual',
    logTo: 'stdout',
  });
