/**
 * Who runs on a directory, written down so that the next start can distinguish a broker that is in use from one that
 * outlived the process that had started it.
 */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Logger } from '@plenum/runtime';

export type PidFile = {
  readonly pid: number;
  /** The process that ends it; none for one that was started to stay. */
  readonly supervisor?: number;
};

/** Somebody who is still alive runs on the directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string, by: string) {
    super(`${directory} is in use by ${by}: stop that first, or choose another data directory`);
    this.name = 'DirectoryInUse';
  }
}

const fileIn = (directory: string): string => path.join(directory, 'pid.json');

export const writePidFile = (directory: string, content: PidFile): Promise<void> =>
  writeFile(fileIn(directory), `${JSON.stringify(content)}\n`);

export const removePidFile = (directory: string): Promise<void> => rm(fileIn(directory), { force: true });

/** The process that runs on the directory, if it is alive. */
export const runningOn = async (directory: string): Promise<PidFile | undefined> => {
  const text = await readFile(fileIn(directory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Written by `writePidFile` alone.
  const found = JSON.parse(text) as PidFile;
  return (await runsOn(found.pid, directory)) ? found : undefined;
};

/**
 * Ends what a killed process left behind on the directory. Afterwards nothing runs there.
 * @throws DirectoryInUse when it is not left behind: its supervisor lives, or it was started to stay.
 */
export const endLeftBehind = async (directory: string, logger: Logger): Promise<void> => {
  const found = await runningOn(directory);
  if (found !== undefined) {
    if (found.supervisor === undefined)
      throw new DirectoryInUse(directory, `a process that was started to stay (${found.pid})`);
    if (isAlive(found.supervisor)) throw new DirectoryInUse(directory, `process ${found.supervisor}`);
    logger.warn({ pid: found.pid, directory }, 'left behind by a process that was killed: ending it');
    process.kill(found.pid, 'SIGKILL');
    await waitUntilGone(found.pid, directory);
  }
  await removePidFile(directory);
};

/** It is nobody's child here, so there is no exit to wait for. */
export const waitUntilGone = async (pid: number, directory: string): Promise<void> => {
  while (await runsOn(pid, directory)) await delay(20);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Ids are used again: only a process whose command line names the directory is ours. The dead have none. */
const runsOn = async (pid: number, directory: string): Promise<boolean> =>
  isAlive(pid) && (await commandLineOf(pid)).includes(directory);

const commandLineOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
};
