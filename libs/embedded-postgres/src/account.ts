/**
 * The account that PostgreSQL runs under. PostgreSQL refuses to run as root, so when we are root it gets another one:
 *
 * - `own`: we are an ordinary user, and so is the server.
 * - `nobody`: user 65534, who has to be able to enter every directory on the way to the data and the programs.
 * - `namespace`: a user namespace in which we appear as user 65534. Files stay ours, so a clone below a directory that
 *   only root may enter works as well. Some containers refuse user namespaces. It also serves an ordinary user without
 *   an entry in /etc/passwd (containers with a number for a user), since initdb insists on a name for the user that
 *   runs it.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { lchown, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';

export type Account = 'own' | 'nobody' | 'namespace';

/** Nobody, by number: the name may be missing, and what it is called differs between systems. */
export const nobodyId = 65534;

const enterNamespace = ['--user', `--map-user=${nobodyId}`, `--map-group=${nobodyId}`, '--'];

const credentials = (account: Account): { readonly uid?: number; readonly gid?: number } =>
  account === 'nobody' ? { uid: nobodyId, gid: nobodyId } : {};

/** The environment is ours alone: `PG*` and locale variables of the caller would change what the server does. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Starts a program under the account. `unshare` becomes the program, so the process id is the program's own. */
export const spawnAs = (account: Account, command: readonly string[], options: SpawnOptions): ChildProcess => {
  const [program = '', ...parameters] = account === 'namespace' ? ['unshare', ...enterNamespace, ...command] : command;
  return spawn(program, parameters, { cwd: '/', ...options, ...credentials(account), env: environment });
};

/** Whether the account can enter `directory` and run PostgreSQL. Tried for real rather than worked out from modes. */
export const accountWorks = async (account: Account, binaries: Binaries, directory: string): Promise<boolean> => {
  const tryIt = ['/bin/sh', '-c', 'cd "$1" && exec "$2" --version', 'sh', directory, binaries.postgres];
  const [program = '', ...parameters] = account === 'namespace' ? ['unshare', ...enterNamespace, ...tryIt] : tryIt;
  return promisify(execFile)(program, parameters, { cwd: '/', ...credentials(account), env: environment }).then(
    () => true,
    () => false,
  );
};

/** The owner, by number, that the account's files have when they are looked at from here. */
export const ownerOf = (account: Account): number => (account === 'nobody' ? nobodyId : (process.getuid?.() ?? 0));

/** Gives a file or directory to the account, without what is below it. */
export const giveTo = async (account: Account, file: string): Promise<void> => {
  if (process.getuid?.() === 0) await lchown(file, ownerOf(account), ownerOf(account));
};

/** Gives a directory and everything below it to the account. No server may be running on it. */
export const giveTreeTo = async (account: Account, directory: string): Promise<void> => {
  await giveTo(account, directory);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    await giveTo(account, path.join(entry.parentPath, entry.name));
  }
};
