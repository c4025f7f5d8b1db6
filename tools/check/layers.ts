/** The dependency rule: imports point down only. Core knows nobody, and only the one command knows the apps. */
import path from 'node:path';
import type { Outcome } from './gate.ts';
import { type Import, type Package, readImports, readPackages } from './workspace.ts';

/**
 * What a layer may import, besides what its package declares from npm. A domain is core that somebody else could have
 * written: runtime and adapters know none of them. Adapters never meet each other; `assembly` puts them together in the
 * ways that several apps share. A `service` carries out what one domain decides, over ports that an assembly gives it: it
 * knows the domain and no adapter. `@plenum/credentials` is `runtime` and not an adapter, so that a service may stand on it:
 * it computes (hashes, ciphers, signatures) and keeps nothing. All that it asks of the world is an identity provider's
 * published keys, by `fetch`, and it has no database, broker or log behind it that another adapter could take the place of.
 */
const below: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  domain: ['domain', 'core'],
  runtime: ['runtime', 'core'],
  adapter: ['runtime', 'core'],
  service: ['domain', 'runtime', 'core'],
  assembly: ['service', 'adapter', 'runtime', 'domain', 'core'],
  app: ['assembly', 'service', 'adapter', 'runtime', 'domain', 'core'],
};

/** These have no I/O, no clock and no vendor. */
const isPure = (layer: string): boolean => layer === 'core' || layer === 'domain';

/** The package that composes the others in one process, and so is the only one that may import apps. */
const composer = '@plenum/plenum';

/** Pure packages that core may import, each with its reason. */
const pure: Readonly<Record<string, string>> = {
  'geographiclib-geodesic': 'Lengths and areas on the ellipsoid: arithmetic, and nothing else.',
  typebox: 'JSON Schema as values with types: what a route takes and answers is declared in it.',
};

/** What tests may import wherever they are, without each package declaring it. */
const forTests: readonly string[] = ['fast-check'];

/** Checks every import of every package in the tree at `root`. */
export const checkLayers = (root: string): Outcome => {
  const packages = readPackages(root);
  const byName = new Map(packages.map((each) => [each.name, each]));
  const problems: string[] = [];
  let seen = 0;
  for (const from of packages) {
    if (from.layers.length !== 1 || below[from.layers[0] ?? ''] === undefined) {
      problems.push(
        `${from.directory}/package.json: needs one tag of ${Object.keys(below).join(', ')} as layer:<name>`,
      );
    }
    for (const found of from.files.flatMap((file) => readImports(root, file))) {
      seen += 1;
      const problem = judge({ from, found, byName });
      if (problem !== undefined) problems.push(`${found.file}:${found.line}: ${problem}`);
    }
  }
  return { seen, unit: 'imports', problems };
};

type Judged = {
  readonly from: Package;
  readonly found: Import;
  readonly byName: ReadonlyMap<string, Package>;
};

/** Why this import must not be, or `undefined` when it may. */
const judge = ({ from, found, byName }: Judged): string | undefined => {
  const { file, module } = found;
  if (module.startsWith('.')) return judgeRelative(from, file, module);
  if (path.isAbsolute(module) || module.startsWith('file:')) return `${module} is a path of one machine`;
  if (module.startsWith('node:')) return judgeNode(from, file, module);
  const name = packageName(module);
  const to = byName.get(name);
  if (to === undefined) return judgeVendor(from, file, name);
  if (to === from && isTest(file)) return undefined;
  if (to === from) return `imports itself as ${module}; a relative import says where it is`;
  return judgeNeighbour({ from, to, file, module });
};

const judgeRelative = (from: Package, file: string, module: string): string | undefined => {
  const target = path.posix.join(path.posix.dirname(file), module);
  return target.startsWith(`${from.directory}/`) ? undefined : `${module} leaves the package`;
};

const judgeNode = (from: Package, file: string, module: string): string | undefined =>
  isPure(layerOf(from)) && !isTest(file) ? `${layerOf(from)} must not import ${module}` : undefined;

const judgeVendor = (from: Package, file: string, name: string): string | undefined => {
  if (isTest(file) && (forTests.includes(name) || from.devDependencies.has(name))) return undefined;
  if (isPure(layerOf(from)) && pure[name] === undefined) return `${layerOf(from)} must not import ${name}`;
  return isDeclared(from, name) ? undefined : `${name} is not declared in ${from.directory}/package.json`;
};

type Neighbours = { readonly from: Package; readonly to: Package; readonly file: string; readonly module: string };

const judgeNeighbour = ({ from, to, file, module }: Neighbours): string | undefined => {
  const declared = isDeclared(from, to.name) || (isTest(file) && from.devDependencies.has(to.name));
  if (!declared) return `${to.name} is not declared in ${from.directory}/package.json`;
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  const isKit = module === `${to.name}/testing`;
  if (isKit && !isTest(file)) return `${module} is for tests`;
  if (below[fromLayer]?.includes(toLayer)) return undefined;
  // Tests of what is for all domains try it with some of them.
  if (toLayer === 'domain' && isTest(file)) return undefined;
  // A service's ports are tried with the adapters that an assembly gives it.
  if (fromLayer === 'service' && toLayer === 'adapter' && isTest(file)) return undefined;
  if (fromLayer === 'app' && toLayer === 'app' && from.name === composer) return undefined;
  // A contract suite or a real server for a test: an adapter's tests may use a neighbour's kit, but not its code.
  if (isKit && (fromLayer === 'adapter' || fromLayer === 'runtime')) return undefined;
  if (fromLayer === 'adapter' && toLayer === 'adapter') return `adapters never meet: ${from.name} imports ${to.name}`;
  if (fromLayer === 'app' && toLayer === 'app') return `only ${composer} imports apps: ${module}`;
  return `${fromLayer} must not import ${toLayer}: ${module}`;
};

const layerOf = ({ layers }: Package): string => layers[0] ?? '';

const isDeclared = ({ dependencies }: Package, name: string): boolean => dependencies.has(name);

const isTest = (file: string): boolean => /\.test\.tsx?$|\/testing\//.test(file);

const packageName = (module: string): string => module.split('/', module.startsWith('@') ? 2 : 1).join('/');
