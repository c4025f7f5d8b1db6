/** A Python with the packages that an example pins, made once under `.cache/`. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = path.resolve(import.meta.dirname, '../../.cache/python');

export type PythonEnvironment =
  | { readonly python: string; readonly skip: false }
  /** Why there is none: no Python 3, no venv, or packages that cannot be fetched. */
  | { readonly python: undefined; readonly skip: string };

/** Keyed by what is pinned, so that a new pin is a new environment. */
export const pythonEnvironment = async (requirements: string): Promise<PythonEnvironment> => {
  const pins = await readFile(requirements, 'utf8');
  const directory = path.join(cache, createHash('sha256').update(pins).digest('hex').slice(0, 16));
  const python = path.join(directory, 'bin', 'python');
  const whole = path.join(directory, 'whole');
  if (existsSync(whole)) return { python, skip: false };
  try {
    // What an interrupted run left is not built on.
    await rm(directory, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', directory]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '-r', requirements]);
    await writeFile(whole, '');
    return { python, skip: false };
  } catch (error) {
    const { message } = error as Error; // `execFile` rejects with nothing else.
    return { python: undefined, skip: `no Python environment on this machine: ${message.slice(0, 500)}` };
  }
};
