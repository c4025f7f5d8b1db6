/**
 * The Mosquitto configuration that is shipped, for a Mosquitto that this machine runs: a demonstration's, a test's, a
 * measurement's. All of them run on the one file, so what is shipped is what was tried.
 */
import { readFileSync } from 'node:fs';

/** Where and for whom one Mosquitto works. Nothing else differs from what is shipped. */
export type MosquittoSite = {
  /** What is persistent goes here; the broker has to be able to write it. */
  readonly folder: string;
  /** Lines from the first `listener` on, without who may come in: on a machine of one's own that is everybody. */
  readonly listeners: readonly (readonly string[])[];
  /** What it logs, beside that it runs. */
  readonly log: 'all' | 'usual';
  /** Where it logs. */
  readonly logTo: 'stderr' | 'stdout';
};

/** The file as it is shipped. */
export const shippedConfiguration = (): string =>
  readFileSync(new URL('../../../deploy/mosquitto/mosquitto.conf', import.meta.url), 'utf8');

/** `text`, with where it listens, stores and logs replaced. */
export const placedConfiguration = (text: string, { folder, listeners, log, logTo }: MosquittoSite): string =>
  [
    ...text.split('\n').filter((line) => !placed.test(line)),
    // Started as root it becomes a user who may not reach the folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `persistence_location ${folder}/`,
    `log_dest ${logTo}`,
    ...logTypes[log].map((type) => `log_type ${type}`),
    ...listeners.flatMap((lines) => [...lines, 'allow_anonymous true']),
    '',
  ].join('\n');

const placed = /^\s*(listener|protocol|allow_anonymous|password_file|persistence_location|log_dest|log_type)\b/;

/** That it runs is said as information. */
const logTypes = { all: ['all'], usual: ['error', 'warning', 'notice', 'information'] } as const;
