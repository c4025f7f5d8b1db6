/**
 * Every package that is installed by name has its reason in `docs/dependencies.md`, in a table whose first column names
 * it with its version: `pg` 8.23.1. A name that ends in `*` stands for all that begin like it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './gate.ts';

const page = 'docs/dependencies.md';

type Needed = { readonly name: string; readonly version: string; readonly manifest: string };
type Line = { readonly name: string; readonly version: string | undefined };

/** Compares the manifests of the tree at `root` with the page. */
export const checkDependencyPage = (root: string): Outcome => {
  const needed = globSync('{.,apps/*,libs/*}/package.json', { cwd: root }).flatMap((file) => neededBy(root, file));
  const lines = existsSync(path.join(root, page)) ? linesOf(readFileSync(path.join(root, page), 'utf8')) : [];
  const problems = [
    ...needed.flatMap((one) => problemsOf(one, lines)),
    ...lines
      .filter((line) => !needed.some(({ name }) => standsFor(line, name)))
      .map(({ name }) => `${page}: nothing needs ${name}`),
  ];
  return { seen: needed.length, unit: 'packages', problems: [...new Set(problems)] };
};

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
type Manifest = { readonly [kind in (typeof kinds)[number]]?: Readonly<Record<string, string>> };

const neededBy = (root: string, file: string): readonly Needed[] => {
  const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest; // npm has read it before us.
  return kinds
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([name]) => !name.startsWith('@plenum/'))
    .map(([name, version]) => ({ name, version, manifest: file }));
};

const linesOf = (text: string): readonly Line[] =>
  [...text.matchAll(/^\| (?!package|---)([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`(?: (\d[^\s,]*))?/g)].map(([, name = '', version]) => ({ name, version })),
  );

const standsFor = ({ name: pattern }: Line, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const problemsOf = ({ name, version, manifest }: Needed, lines: readonly Line[]): readonly string[] => {
  if (!/^\d/.test(version)) return [`${manifest}: ${name} is not pinned: ${version}`];
  const line = lines.find((each) => standsFor(each, name));
  if (line === undefined) return [`${page}: says nothing about ${name} ${version}`];
  if (line.version === undefined && line.name === name) return [`${page}: does not say the version of ${name}`];
  if (line.version === undefined || line.version === version) return [];
  return [`${page}: ${name} is ${line.version} there and ${version} in ${manifest}`];
};
