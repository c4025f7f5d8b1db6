/** A copy of the tree to try things in: its own sources, and the packages that are installed for the real one. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** What a clone has none of: packages, what was fetched or built, data, and somebody's own settings. */
const notOurs = ['node_modules', '.git', '.cache', '.nx', '.plenum', '.env'];

/** Gone when the test ends. @returns its root. */
export const scratchCopy = (t: TestContext, root: string): string => {
  // The real path: a type checker that met one file under two names would take it for two.
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'plenum-scratch-')));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const source of readdirSync(root).filter(isOurs)) {
    cpSync(path.join(root, source), path.join(copy, source), { recursive: true, filter: isOurs });
  }
  linkPackages(root, copy);
  return copy;
};

const isOurs = (file: string): boolean => !notOurs.includes(path.basename(file));

/** Installed packages by links to them; our own by links within the copy, as npm makes them. */
const linkPackages = (root: string, copy: string): void => {
  const modules = path.join(copy, 'node_modules');
  mkdirSync(path.join(modules, '@plenum'), { recursive: true });
  for (const name of globSync('{*,.bin}', { cwd: path.join(root, 'node_modules'), exclude: ['@plenum', '.cache'] })) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  for (const nested of globSync('{apps,libs}/*/node_modules', { cwd: root })) {
    symlinkSync(path.join(root, nested), path.join(copy, nested));
  }
  linkOwn(copy);
};

/** As `npm install` does it; again after a package was added. */
export const linkOwn = (copy: string): void => {
  const scope = path.join(copy, 'node_modules/@plenum');
  for (const directory of globSync('{apps,libs}/*/', { cwd: copy })) {
    const link = path.join(scope, path.basename(directory));
    if (!existsSync(link)) symlinkSync(path.join(copy, directory), link);
  }
};
