/** A copy of the tree to try things in: its own sources, and the packages that are installed for the real one. */
import { cpSync, globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

const sources = ['apps', 'libs', 'schemas', 'docs', 'tools', '{package,nx,tsconfig,tsconfig.base}.json', 'biome.jsonc'];

/** Gone when the test ends. @returns its root. */
export const scratchCopy = (t: TestContext, root: string): string => {
  // The real path: a type checker that met one file under two names would take it for two.
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'plenum-scratch-')));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const source of globSync([...sources, '.env.example'], { cwd: root })) {
    cpSync(path.join(root, source), path.join(copy, source), { recursive: true, filter: isOurs });
  }
  linkPackages(root, copy);
  return copy;
};

const isOurs = (file: string): boolean => path.basename(file) !== 'node_modules';

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
  for (const directory of globSync('{apps,libs}/*/', { cwd: copy })) {
    symlinkSync(path.join(copy, directory), path.join(modules, '@plenum', path.basename(directory)));
  }
};
