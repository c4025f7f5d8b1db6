/**
 * The secrets from the environment; for the database that Plenum runs by itself, from files beside it, made when they are
 * missing. A deployment has to give them: its processes share no directory, and a secret that each made for itself would
 * be of no use to the others.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, type Problem } from '@plenum/config';
import { type MasterKeys, secretProblem } from '@plenum/credentials';
import type { SecretConfig } from './secret-settings.ts';

export type Secrets = {
  /** Signs session tokens; `previous` still verifies them. */
  readonly sessions: { readonly current: string; readonly previous: string | undefined };
  readonly masterKeys: MasterKeys;
};

type Kept = 'JWT_SECRET' | 'PLENUM_MASTER_KEY';

const fileNames: Readonly<Record<Kept, string>> = { JWT_SECRET: 'jwt-secret', PLENUM_MASTER_KEY: 'master-key' };

/**
 * @throws {ConfigError} naming everything that is missing or weak, never what it is; an error when a file cannot be read
 *   or made.
 */
export const openSecrets = async (config: SecretConfig): Promise<Secrets> => {
  const problems = [...problemsOf(config), ...missingOf(config, ['JWT_SECRET', 'PLENUM_MASTER_KEY'])];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    sessions: { current: await keptOrMade(config, 'JWT_SECRET'), previous: config.JWT_SECRET_PREVIOUS },
    masterKeys: { current: await keptOrMade(config, 'PLENUM_MASTER_KEY'), previous: config.PLENUM_MASTER_KEY_PREVIOUS },
  };
};

/** The master keys by themselves, for tools that sign no tokens. @throws as `openSecrets`. */
export const openMasterKeys = async (config: SecretConfig): Promise<MasterKeys> => {
  const problems = [...problemsOf(config), ...missingOf(config, ['PLENUM_MASTER_KEY'])];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    current: await keptOrMade(config, 'PLENUM_MASTER_KEY'),
    previous: config.PLENUM_MASTER_KEY_PREVIOUS,
  };
};

/** The same, making nothing: `undefined` when there is none. @throws as `openSecrets`, when one is weak. */
export const findMasterKeys = async (config: SecretConfig): Promise<MasterKeys | undefined> => {
  const problems = problemsOf(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const current =
    config.PLENUM_MASTER_KEY ?? (isOurs(config) ? await keptIn(fileOf(config, 'PLENUM_MASTER_KEY')) : undefined);
  return current === undefined ? undefined : { current, previous: config.PLENUM_MASTER_KEY_PREVIOUS };
};

/** Whether the database is one that Plenum runs by itself. */
const isOurs = ({ DATABASE_URL }: SecretConfig): boolean => DATABASE_URL === undefined;

const problemsOf = (config: SecretConfig): readonly Problem[] =>
  (['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'PLENUM_MASTER_KEY', 'PLENUM_MASTER_KEY_PREVIOUS'] as const).flatMap(
    (name) => {
      const given = config[name];
      const problem = given === undefined ? undefined : secretProblem(given);
      return problem === undefined ? [] : [{ name, problem: `${problem}: ${advice}.` }];
    },
  );

const missingOf = (config: SecretConfig, needed: readonly Kept[]): readonly Problem[] =>
  isOurs(config)
    ? []
    : needed
        .filter((name) => config[name] === undefined)
        .map((name) => ({ name, problem: `is missing: ${advice}, and give it to all processes.` }));

const advice = 'make one with `openssl rand -hex 32`';

const fileOf = ({ PLENUM_DATA_DIR }: SecretConfig, name: Kept): string => path.join(PLENUM_DATA_DIR, fileNames[name]);

const keptOrMade = async (config: SecretConfig, name: Kept): Promise<string> => {
  const given = config[name];
  if (given !== undefined) return given;
  const file = fileOf(config, name);
  return (await keptIn(file)) ?? make(file);
};

const keptIn = async (file: string): Promise<string | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  const kept = text?.trim();
  const problem = kept === undefined ? undefined : secretProblem(kept);
  if (problem !== undefined) throw new Error(`what is kept in ${file} ${problem}: remove the file to have one made`);
  return kept;
};

/** Whole under its name or not there, readable by its owner alone; of two processes that make one, both use the first. */
const make = async (file: string): Promise<string> => {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.new-${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(32).toString('hex');
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(`${secret}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(unfinished, file);
    return secret;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const first = await keptIn(file);
    if (first === undefined) throw error;
    return first;
  } finally {
    await rm(unfinished, { force: true });
  }
};
