/** Compares a folder with the digests that are committed for it. */
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const listsDirectory = path.join(import.meta.dirname, 'checksums');

/** Relative path (with `/`) to SHA-256 in hex, as `sha256sum` prints them. */
export type Digests = ReadonlyMap<string, string>;

export const parseDigests = (text: string): Digests =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [digest = '', name = ''] = line.split(/ [ *]/, 2);
        return [name, digest];
      }),
  );

export const formatDigests = (digests: Digests): string =>
  [...digests].map(([name, digest]) => `${digest}  ${name}\n`).join('');

/** The committed list of a release. */
export const expectedDigests = async (release: string): Promise<Digests> =>
  parseDigests(await readFile(path.join(listsDirectory, `${release}.sha256`), 'utf8'));

/** The digests of every file below a folder, in order of their names. */
export const digestsOf = async (directory: string): Promise<Digests> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
  const names = files.map((file) => path.relative(directory, file).split(path.sep).join('/')).sort();
  const digests = new Map<string, string>();
  for (const name of names) digests.set(name, hash('sha256', await readFile(path.join(directory, name)), 'hex'));
  return digests;
};

/** What differs between a folder and its list, one line each; nothing when they agree. */
export const differences = (found: Digests, expected: Digests): readonly string[] => [
  ...[...expected.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
  ...[...found.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is not expected`),
  ...[...expected]
    .filter(([name, digest]) => found.has(name) && found.get(name) !== digest)
    .map(([name]) => `${name} differs`),
];
