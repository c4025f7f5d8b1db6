/**
 * Where the server's files are and which account it runs under. As an ordinary user there is nothing to decide. As
 * root a probe decides, in this order: user 65534 in place; a user namespace in place; user 65534 in a directory of
 * its own elsewhere, to which programs and data are copied, with a pointer left behind. Never a temporary directory.
 */
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Logger } from '@plenum/runtime';
import { type Account, accountWorks, giveTreeTo } from './account.ts';
import { type Binaries, binariesIn } from './binaries.ts';

export type DataDirectory = {
  readonly account: Account;
  readonly binaries: Binaries;
  readonly dataDirectory: string;
};

export type DataDirectoryQuestion = {
  /** The directory we were given, absolute and without symbolic links: password, lock and pointer stay here. */
  readonly home: string;
  readonly binaries: Binaries;
  readonly logger: Logger;
  readonly probe?: Probe;
};

/** What the machine allows; exchangeable so that a refusal can be tried on a machine that does not refuse. */
export type Probe = {
  readonly isRoot: boolean;
  works(account: Account, binaries: Binaries, directory: string): Promise<boolean>;
  /** Where directories of our own may be made when the clone's cannot be used. */
  readonly elsewhere: string;
};

const realProbe: Probe = { isRoot: process.getuid?.() === 0, works: accountWorks, elsewhere: '/var/lib/plenum' };

/** Whether this user has an entry in /etc/passwd. */
const hasName = (): boolean => {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
};

const pointerFile = 'moved-to';

/** `home` has to exist. Data made under another account are given to the one chosen. */
export const chooseDataDirectory = async ({
  home,
  binaries,
  logger,
  probe = realProbe,
}: DataDirectoryQuestion): Promise<DataDirectory> => {
  const above = path.dirname(home);
  const dataDirectory = path.join(home, 'data');
  if (!probe.isRoot) {
    const nameless = !hasName() && (await probe.works('namespace', binaries, above));
    return { account: nameless ? 'namespace' : 'own', binaries, dataDirectory };
  }

  const moved = await movedTo(home);
  if (moved === undefined) {
    for (const account of ['nobody', 'namespace'] as const) {
      if (!(await probe.works(account, binaries, above))) continue;
      logger.info({ account, dataDirectory }, 'PostgreSQL refuses to run as root: running it under another account');
      return { account, binaries, dataDirectory };
    }
  }
  const elsewhere = moved ?? directoryElsewhere(probe.elsewhere, above);
  return moveElsewhere({ home, from: dataDirectory, elsewhere, binaries, logger, probe });
};

/** Where the data are, if they could not stay in `home`. */
export const movedTo = (home: string): Promise<string | undefined> =>
  readFile(path.join(home, pointerFile), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );

const directoryElsewhere = (root: string, clone: string): string =>
  path.join(root, createHash('sha256').update(clone).digest('hex').slice(0, 16));

type Move = DataDirectoryQuestion & { readonly from: string; readonly elsewhere: string; readonly probe: Probe };

const moveElsewhere = async ({ home, from, elsewhere, binaries, logger, probe }: Move): Promise<DataDirectory> => {
  const dataDirectory = path.join(elsewhere, 'data');
  await mkdir(elsewhere, { recursive: true });
  for (const directory of [probe.elsewhere, elsewhere]) await chmod(directory, 0o755);
  const copied = binaries.isOfSystem ? binaries : await copyPrograms(binaries, elsewhere);
  if (!(await probe.works('nobody', copied, elsewhere))) {
    throw new Error(
      `PostgreSQL refuses to run as root, and no other account can run it in ${path.dirname(from)} or ${elsewhere}: ` +
        'run Plenum as an ordinary user, or set DATABASE_URL to a server of your own',
    );
  }
  if ((await exists(from)) && !(await exists(dataDirectory))) {
    await cp(from, `${dataDirectory}.new`, { recursive: true, force: true });
    await rename(`${dataDirectory}.new`, dataDirectory);
    await giveTreeTo('nobody', dataDirectory);
    // Two copies must not both look current. The old one is not deleted: anyone who sees the new one work may do that.
    await rename(from, `${from}.copied`);
    logger.warn({ from: `${from}.copied`, to: dataDirectory }, 'The database was copied; the old files are kept');
  }
  await writeFile(path.join(home, pointerFile), `${elsewhere}\n`);
  logger.warn(
    { elsewhere },
    'Neither user 65534 nor a user namespace works here: PostgreSQL and its data are elsewhere',
  );
  return { account: 'nobody', binaries: copied, dataDirectory };
};

/** Copies under a temporary name and renames, so half a copy is never used. Kept as long as the version is the same. */
const copyPrograms = async (binaries: Binaries, elsewhere: string): Promise<Binaries> => {
  const package_ = await readFile(path.join(binaries.folder, '..', 'package.json'), 'utf8');
  const target = path.join(elsewhere, `programs-${createHash('sha256').update(package_).digest('hex').slice(0, 16)}`);
  if (!(await exists(target))) {
    await cp(binaries.folder, `${target}.new`, { recursive: true, verbatimSymlinks: true });
    await rename(`${target}.new`, target);
  }
  return binariesIn(target);
};

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
