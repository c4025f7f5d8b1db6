/** Inputs that once broke something, a file each. Kept by the run that found them, replayed by a test for ever. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from './target.ts';

const directory = path.join(import.meta.dirname, 'regressions');

/** @returns the file's name. */
export const keepRegression = (failure: Failure): string => {
  mkdirSync(directory, { recursive: true });
  const text = `${JSON.stringify(failure, undefined, 2)}\n`;
  const name = `${failure.target}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`;
  writeFileSync(path.join(directory, name), text);
  return name;
};

export const regressions = (
  target: Failure['target'],
): readonly { readonly name: string; readonly failure: Failure }[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith(`${target}-`) && name.endsWith('.json'))
    // Written by the function above, or by hand in its shape.
    .map((name) => ({ name, failure: JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as Failure }));
