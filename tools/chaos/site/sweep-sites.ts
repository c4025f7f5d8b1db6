/** Clears away what a killed run left: its mounted disk and its files. Its processes went with it. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export const sweepSites = async (cache: string): Promise<void> => {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const owner = /^run-(\d+)$/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const disk = path.join(cache, name, 'disk');
    await promisify(execFile)('umount', [disk]).catch(() => undefined); // Most had none.
    await rm(path.join(cache, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
