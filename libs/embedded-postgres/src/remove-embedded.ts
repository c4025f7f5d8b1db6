/** Deletes an embedded server's data for good. */
import { readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@plenum/runtime';
import { exists, movedTo } from './data-directory.ts';
import { tryLockDirectory } from './directory-lock.ts';
import { stopLeftBehind } from './left-behind.ts';

/**
 * Stops a server that was left behind in `dataDir` and deletes everything there is of it.
 * Returns false, having touched nothing, when a process is using it.
 */
export const removeEmbedded = async (dataDir: string, logger: Logger): Promise<boolean> => {
  if (!(await exists(dataDir))) return true;
  const home = await realpath(dataDir);
  const lock = tryLockDirectory(home);
  if (lock === undefined) return false;
  try {
    const elsewhere = await movedTo(home);
    await stopLeftBehind(path.join(elsewhere ?? home, 'data'), logger);
    if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true });
    // The lock goes last: without its file, somebody else could begin while we still delete.
    const files = (await readdir(home)).filter((file) => file !== 'lock');
    for (const file of files) await rm(path.join(home, file), { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
    return true;
  } finally {
    lock.release();
  }
};
