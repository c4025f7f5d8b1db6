/** The example client of `docs/examples/typescript-client`, generated from the description and compiled, in a folder of a test. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { descriptionFile } from './api-description.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../../..');
const example = path.join(root, 'docs/examples/typescript-client');
const cache = path.join(root, '.cache/typescript-client');

type Manifest = { readonly scripts: { readonly generate: string } };

/** @returns where its compiled modules are, those of `sources` among them, by name. Gone when the test ends. */
export const compiledClient = async (t: TestContext, sources: Readonly<Record<string, string>>): Promise<string> => {
  const packages = await installedPackages();
  const folder = mkdtempSync(path.join(tmpdir(), 'plenum-client-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['package.json', 'tsconfig.json']) cpSync(path.join(example, name), path.join(folder, name));
  for (const name of ['client.ts', 'latest-readings.ts', 'main.ts']) {
    cpSync(path.join(example, 'src', name), path.join(folder, 'src', name));
  }
  for (const [name, source] of Object.entries(sources)) writeFileSync(path.join(folder, 'src', name), source);
  symlinkSync(packages, path.join(folder, 'node_modules'));
  const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest; // As it stands there.
  const [generator = '', described, ...options] = scripts.generate.split(' ');
  if (described !== path.relative(example, descriptionFile)) throw new Error(`The client is made from ${described}`);
  await runIn(folder, generator, descriptionFile, ...options);
  await runIn(folder, 'tsc', '-p', '.');
  return path.join(folder, 'dist');
};

/** A program among its packages, with our own node. @throws what it printed, when it fails. */
const runIn = async (folder: string, program: string, ...parameters: readonly string[]): Promise<void> => {
  const bin = path.join(folder, 'node_modules/.bin', program);
  try {
    await run(process.execPath, [bin, ...parameters], { cwd: folder });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }; // `execFile` adds them.
    throw new Error(`${program} failed:\n${stdout}${stderr}`, { cause: error });
  }
};

/** Installed once for each lockfile, under `.cache/`. Whole or not there: what an interrupted run left has another name. */
const installedPackages = async (): Promise<string> => {
  const lock = readFileSync(path.join(example, 'package-lock.json'));
  const folder = path.join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16));
  if (existsSync(folder)) return path.join(folder, 'node_modules');
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(path.join(cache, 'making-'));
  for (const name of ['package.json', 'package-lock.json']) cpSync(path.join(example, name), path.join(making, name));
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') === true ? [process.execPath, npm] : ['npm'];
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(command ?? 'npm', [...first, ...flags], { cwd: making });
  try {
    renameSync(making, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(making, { recursive: true }); // Another run was faster.
  }
  return path.join(folder, 'node_modules');
};
