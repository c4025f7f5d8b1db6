/** The broker of a site whose bridge subscribes at one that is already there: Mosquitto, which keeps sessions on disk. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Program, runProgram } from './program.ts';

const places = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/opt/homebrew/sbin'];

/** @throws when there is no Mosquitto on this machine. */
export const startMosquitto = async (directory: string, logs: string, port: number): Promise<Program> => {
  const binary = places.map((place) => path.join(place, 'mosquitto')).find((file) => existsSync(file));
  if (binary === undefined) throw new Error('there is no Mosquitto on this machine: apt-get install mosquitto');
  const folder = path.join(directory, 'mosquitto');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, configuration(folder, port));
  return runProgram({ name: 'mosquitto', command: [binary, '-c', file], environment: {}, directory: logs });
};

/** As `docs/devices.md` asks of a broker: it keeps everything for a session until that takes it, and on disk. */
const configuration = (folder: string, port: number): string =>
  [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...[`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true', `persistence_location ${folder}/`],
    ...['autosave_interval 1', 'autosave_on_changes true', 'max_queued_messages 0', 'max_inflight_messages 1000'],
    ...['log_dest stdout', ''],
  ].join('\n');
