/**
 * The secrets that Plenum keeps beside a database that it runs by itself, so that it starts with nothing but Node. A
 * deployment has to give them: its processes share no directory, and a secret that each made for itself would be of no use
 * to the others.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Environment, processSettings, readConfig } from '@plenum/config';

type Kept = 'JWT_SECRET' | 'PLENUM_MASTER_KEY';

const fileNames: readonly (readonly [Kept, string])[] = [
  ['JWT_SECRET', 'jwt-secret'],
  ['PLENUM_MASTER_KEY', 'master-key'],
];

const placeSettings = { DATABASE_URL: processSettings.DATABASE_URL, PLENUM_DATA_DIR: processSettings.PLENUM_DATA_DIR };

/**
 * An environment with the secrets that it does not set, where DATABASE_URL is not set either; otherwise the same, and then
 * reading the settings says which are missing. They are made the first time, unless only those that are there are wanted.
 * @throws {ConfigError}; an error when a file cannot be read or made, or holds no good secret.
 */
export const withKeptSecrets = async (
  environment: Environment,
  missing: 'make' | 'leave' = 'make',
): Promise<Environment> => {
  const { DATABASE_URL, PLENUM_DATA_DIR } = readConfig(placeSettings, environment);
  if (DATABASE_URL !== undefined) return environment;
  const kept: Record<string, string> = {};
  for (const [name, fileName] of fileNames) {
    if ((environment[name] ?? '') !== '') continue;
    const file = path.join(PLENUM_DATA_DIR, fileName);
    const secret = (await keptIn(file)) ?? (missing === 'make' ? await make(file) : undefined);
    if (secret !== undefined) kept[name] = secret;
  }
  return { ...environment, ...kept };
};

const keptIn = async (file: string): Promise<string | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  const kept = text?.trim();
  if (kept === undefined) return undefined;
  const { secretProblem } = await import('@plenum/credentials'); // Only an embedded database has secrets beside it.
  const problem = secretProblem(kept);
  if (problem !== undefined) throw new Error(`the secret in ${file} ${problem}: restore the file, or remove it`);
  return kept;
};

/** Whole under its name or not there, readable by its owner alone; of two processes that make one, both use the first. */
const make = async (file: string): Promise<string> => {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.new-${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(32).toString('hex');
  try {
    await writeDurably(unfinished, `${secret}\n`);
    await link(unfinished, file);
    return secret;
  } catch (error) {
    const first = error instanceof Error && 'code' in error && error.code === 'EEXIST' ? await keptIn(file) : undefined;
    if (first === undefined) throw error;
    return first;
  } finally {
    await rm(unfinished, { force: true });
  }
};

const writeDurably = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
