/** Finds the embedded server that another process of ours is running, so that tools can look while it works. */
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { clusterUser } from './cluster.ts';
import { exists, movedTo } from './data-directory.ts';
import { tryLockDirectory } from './directory-lock.ts';
import { databaseName } from './start-embedded.ts';

export type EmbeddedState =
  /** Another process runs the server; the URL has the password. */
  | { readonly state: 'running'; readonly url: string }
  /** Another process has the directory, and its server is not up yet, or not any more. */
  | { readonly state: 'busy' }
  /** There is a database, and nobody uses it. */
  | { readonly state: 'stopped' }
  | { readonly state: 'absent' };

export const embeddedState = async (dataDir: string): Promise<EmbeddedState> => {
  if (!(await exists(dataDir))) return { state: 'absent' };
  const home = await realpath(dataDir);
  const dataDirectory = path.join((await movedTo(home)) ?? home, 'data');
  if (!(await exists(dataDirectory))) return { state: 'absent' };
  const lock = tryLockDirectory(home);
  if (lock !== undefined) {
    lock.release();
    return { state: 'stopped' };
  }
  // Process id, directory, start time, port, socket directory, address, shared memory, and at last the state.
  const [, , , port, , , , state] = await linesOf(path.join(dataDirectory, 'postmaster.pid'));
  if (port === undefined || state?.trim() !== 'ready') return { state: 'busy' };
  const password = (await readFile(path.join(home, 'password'), 'utf8')).trim();
  return { state: 'running', url: `postgres://${clusterUser}:${password}@127.0.0.1:${port}/${databaseName}` };
};

const linesOf = async (file: string): Promise<readonly string[]> => {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
