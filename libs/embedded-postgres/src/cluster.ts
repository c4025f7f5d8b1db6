/** Makes the data directory and its password, once. Killed in between, the next start begins again. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@plenum/runtime';
import { giveTo, giveTreeTo, ownerOf, spawnAs } from './account.ts';
import { type DataDirectory, exists } from './data-directory.ts';
import { syncMethod } from './sync-method.ts';

export const clusterUser = 'plenum';

export type ClusterQuestion = {
  /** Where the password is kept. */
  readonly home: string;
  readonly chosen: DataDirectory;
  /** False only where the data are worth nothing. */
  readonly sync: boolean;
  readonly logger: Logger;
};

/** Makes the cluster if there is none, gives it to its account, and returns its password. */
export const prepareCluster = async ({ home, chosen, sync, logger }: ClusterQuestion): Promise<string> => {
  const { account, dataDirectory } = chosen;
  if (!(await exists(dataDirectory))) {
    await initialise({ home, chosen, sync, logger });
  } else {
    await giveTo(account, path.dirname(dataDirectory));
    const { uid } = await stat(dataDirectory);
    if (uid !== ownerOf(account)) await takeOver(chosen, uid);
  }
  const password = await readFile(path.join(home, 'password'), 'utf8').catch((cause: unknown) => {
    throw new Error(`${home}/password, made together with the database, is missing or not ours to read`, { cause });
  });
  return password.trim();
};

/** Root may do that; for others the data of another user are out of reach. */
const takeOver = async ({ account, dataDirectory }: DataDirectory, owner: number): Promise<void> => {
  if (process.getuid?.() === 0) return giveTreeTo(account, dataDirectory);
  throw new Error(
    `${dataDirectory} belongs to user ${owner}: run Plenum as that user, or choose another data directory`,
  );
};

const initialise = async ({ home, chosen, sync, logger }: ClusterQuestion): Promise<void> => {
  const { account, binaries, dataDirectory } = chosen;
  await removeUnfinished(dataDirectory);
  // A name of its own each time: the initdb of a killed process may still be writing to the last one.
  const unfinished = `${dataDirectory}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${unfinished}.password`;
  const password = randomBytes(24).toString('base64url');
  await writeFile(path.join(home, 'password'), `${password}\n`, { mode: 0o600, flush: true });
  // The server's account reads its own copy, and for this moment only.
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(account, passwordFile);
  await giveTo(account, path.dirname(dataDirectory));
  logger.info({ dataDirectory }, 'Making a new PostgreSQL database');
  try {
    await runInitdb(chosen, [
      binaries.initdb,
      ...['-D', unfinished, '-U', clusterUser, '--pwfile', passwordFile, '-A', 'scram-sha-256', '--data-checksums'],
      ...[...binaries.localeFlags, ...(sync ? [`--sync-method=${syncMethod()}`] : ['--no-sync'])],
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, dataDirectory);
  if (sync) await syncDirectory(path.dirname(dataDirectory));
};

/** What a killed start left. If some of it cannot go yet, because its initdb has not noticed, it goes next time. */
const removeUnfinished = async (dataDirectory: string): Promise<void> => {
  const above = path.dirname(dataDirectory);
  const left = (await readdir(above)).filter((name) => name.startsWith(`${path.basename(dataDirectory)}.new-`));
  for (const name of left) await rm(path.join(above, name), { recursive: true, force: true }).catch(() => undefined);
};

const runInitdb = async ({ account, dataDirectory }: DataDirectory, command: readonly string[]): Promise<void> => {
  const child = spawnAs(account, command, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      output = (output + bytes.toString()).slice(-8_000);
    });
  }
  const [code, signal] = await once(child, 'close');
  if (code === 0) return;
  throw new Error(
    `initdb could not make ${dataDirectory} (${signal ?? `exit code ${code}`}). It said:\n${output.trim()}`,
  );
};

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory);
  await handle.sync().finally(() => handle.close());
};
