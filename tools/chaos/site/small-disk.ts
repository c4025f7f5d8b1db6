/** A disk of its own for a database, small enough to be filled: a file with a file system in it, or memory. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type SmallDisk = {
  readonly directory: string;
  readonly kind: 'loop' | 'tmpfs';
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  remove(): Promise<void>;
};

/** @returns the reason in words when this machine or this user cannot have one. */
export const smallDisk = async (home: string, sizeBytes: number): Promise<SmallDisk | string> => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a disk can be mounted by root on Linux only';
  const directory = path.join(home, 'disk');
  const image = path.join(home, 'disk.img');
  await mkdir(directory, { recursive: true });
  const kind = await mount(image, directory, sizeBytes);
  if (kind === undefined) return 'this machine lets nobody mount a disk';
  await chmod(directory, 0o755);
  const ballast = path.join(directory, 'ballast');
  return {
    directory,
    kind,
    fill: async () => {
      const { bavail, bsize } = await statfs(directory);
      await run('fallocate', ['-l', String(Math.max(1, bavail - 8) * bsize), ballast]);
      // The last blocks one by one, for what grows meanwhile may have taken some.
      for (let at = 0; ; at += 1) {
        try {
          await writeFile(`${ballast}-${at}`, Buffer.alloc(bsize));
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    free: async () => {
      await run('/bin/sh', ['-c', 'rm -f "$1" "$1"-*', 'sh', ballast]);
    },
    remove: async () => {
      await run('umount', [directory]);
      await rm(image, { force: true });
    },
  };
};

const mount = async (image: string, directory: string, sizeBytes: number): Promise<SmallDisk['kind'] | undefined> => {
  try {
    await writeFile(image, '');
    await truncate(image, sizeBytes);
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
    await run('mount', ['-o', 'loop', image, directory]);
    return 'loop';
  } catch {
    await rm(image, { force: true }); // Containers often have no loop devices; memory does as well then.
  }
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', directory]);
    return 'tmpfs';
  } catch {
    return undefined;
  }
};
