/**
 * No circles: files that import each other, folders of a package that do, and packages. What imports in a circle is read,
 * tested and moved only as a whole, so it is one thing in several files. Imports of types count like all others.
 */
import { globSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './gate.ts';
import { type Package, readImports, readPackages } from './workspace.ts';

/** What imports what, by name. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** One import of a file of the tree by a file of the tree. */
type Edge = { readonly from: string; readonly to: string };

/** Checks apps, libs and tools in the tree at `root`. */
export const checkCircles = (root: string): Outcome => {
  const packages = readPackages(root);
  const tools = globSync('tools/**/*.ts', { cwd: root }).map((file) => file.replaceAll(path.sep, '/'));
  const files = new Set([...packages.flatMap((each) => each.files), ...tools]);
  const edges = [...files].flatMap((from) => edgesOf(root, from, files));
  const problems = [
    ...circlesIn(graphOf(edges)).map(told('files that import each other')),
    ...circlesIn(graphOf(foldersOf(edges))).map(told('folders that import each other')),
    ...circlesIn(packageGraph(packages)).map(told('packages that depend on each other')),
  ];
  return { seen: files.size, unit: 'files', problems };
};

const edgesOf = (root: string, from: string, files: ReadonlySet<string>): readonly Edge[] =>
  readImports(root, from)
    .filter(({ module }) => module.startsWith('.'))
    .map(({ module }) => ({ from, to: path.posix.join(path.posix.dirname(from), module) }))
    .filter(({ to }) => files.has(to));

/**
 * Folders beside each other. A folder and the one it is in are not two: what lies above is what folders share, and the entry
 * that names what is in them. Tests and test kits may import from anywhere in their package, and only they are.
 */
const foldersOf = (edges: readonly Edge[]): readonly Edge[] =>
  edges
    .filter(({ from, to }) => !isForTests(from) && !isForTests(to) && packageOf(from) === packageOf(to))
    .map(({ from, to }) => ({ from: path.posix.dirname(from), to: path.posix.dirname(to) }))
    .filter(({ from, to }) => !isInside(from, to) && !isInside(to, from));

const isInside = (one: string, other: string): boolean => `${one}/`.startsWith(`${other}/`);

const isForTests = (file: string): boolean => /\.test\.tsx?$|\/testing\//.test(file);

const packageOf = (file: string): string => file.split('/', 2).join('/');

/** What packages need to run, and what their tests need. */
const packageGraph = (packages: readonly Package[]): Graph =>
  new Map(
    packages.map(({ name, dependencies, devDependencies }) => [name, new Set([...dependencies, ...devDependencies])]),
  );

const graphOf = (edges: readonly Edge[]): Graph => {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of edges) graph.getOrInsertComputed(from, () => new Set()).add(to);
  return graph;
};

const told =
  (what: string) =>
  (circle: readonly string[]): string =>
    `${what}: ${[...circle, circle[0]].join(' -> ')}`;

/** One circle of each set of names that lead to each other: a shortest one from its first name. */
export const circlesIn = (graph: Graph): readonly (readonly string[])[] => {
  const told = new Set<string>();
  return [...graph.keys()].toSorted().flatMap((start) => {
    if (told.has(start)) return [];
    const from = waysFrom(graph, start);
    if (!from.has(start)) return [];
    for (const name of from.keys()) if (waysFrom(graph, name).has(start)) told.add(name);
    return [wayTo(start, from)];
  });
};

/** What `start` leads to in one step or more, each with the name before it on a shortest way. */
const waysFrom = (graph: Graph, start: string): ReadonlyMap<string, string> => {
  const before = new Map<string, string>();
  const queue = [start];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    for (const next of graph.get(name) ?? []) {
      if (before.has(next)) continue;
      before.set(next, name);
      queue.push(next);
    }
  }
  return before;
};

/** The way that leads back to `start`, which it begins with. */
const wayTo = (start: string, before: ReadonlyMap<string, string>): readonly string[] => {
  const way: string[] = [];
  for (let name = before.get(start); name !== undefined && name !== start; name = before.get(name)) way.unshift(name);
  return [start, ...way];
};
