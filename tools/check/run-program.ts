import { spawn } from 'node:child_process';
import path from 'node:path';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

const bin = path.resolve(import.meta.dirname, '../../node_modules/.bin');

/**
 * Runs one of the programs that npm installed, in `cwd`, to its end.
 * @throws when it cannot be started or dies of a signal.
 */
export const runProgram = (name: string, parameters: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1', PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
    const child = spawn(path.join(bin, name), parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      chunks.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      chunks.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${name} died of ${signal}`));
      else resolve({ code, ...chunks });
    });
  });
