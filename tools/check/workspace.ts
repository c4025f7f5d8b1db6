/** The packages of the tree and the modules they import, read from the files alone. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Package = {
  readonly name: string;
  /** Relative to the root, with forward slashes: `libs/event`. */
  readonly directory: string;
  readonly layers: readonly string[];
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** Everything it contains that is TypeScript. */
  readonly files: readonly string[];
};

/** One module named by one file, in whatever way. */
export type Import = { readonly file: string; readonly line: number; readonly module: string };

export const readPackages = (root: string): readonly Package[] =>
  globSync('{apps,libs}/*', { cwd: root })
    .map((directory) => directory.replaceAll(path.sep, '/'))
    .toSorted()
    .flatMap((directory) => readPackage(root, directory) ?? []);

type Manifest = {
  readonly name?: string;
  readonly nx?: { readonly tags?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

const readPackage = (root: string, directory: string): Package | undefined => {
  const files = globSync('**/*.{ts,tsx,mts,cts}', {
    cwd: path.join(root, directory),
    exclude: ['**/node_modules/**'],
  }).map((file) => `${directory}/${file.replaceAll(path.sep, '/')}`);
  const manifest = readManifest(path.join(root, directory, 'package.json'));
  if (manifest === undefined && files.length === 0) return undefined;
  return {
    name: manifest?.name ?? directory,
    directory,
    layers: (manifest?.nx?.tags ?? []).flatMap((tag) => /^layer:(.*)$/.exec(tag)?.[1] ?? []),
    dependencies: new Set(Object.keys({ ...manifest?.dependencies, ...manifest?.optionalDependencies })),
    devDependencies: new Set(Object.keys(manifest?.devDependencies ?? {})),
    files,
  };
};

const readManifest = (file: string): Manifest | undefined => {
  const [found] = globSync(path.basename(file), { cwd: path.dirname(file) });
  // Every part of a manifest is optional here, and npm has refused the ones that are not manifests.
  return found === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Manifest);
};

/** `import … from`, `export … from`, `import '…'`, `import('…')`, `require('…')` and `import.meta.resolve('…')`. */
const naming =
  /(?<!['"`.$])(?:\bfrom\s*|\bimport\s*(?:\(\s*)?|\brequire(?:\.resolve)?\s*\(\s*|\bimport\.meta\.resolve\s*\(\s*)(['"`])([^'"`\n]+)\1/g;

/** All modules that a file names. Comments do not count; text in quotes that reads like an import does. */
export const readImports = (root: string, file: string): readonly Import[] => {
  const source = withoutComments(readFileSync(path.join(root, file), 'utf8'));
  return [...source.matchAll(naming)].map(({ index, 2: module = '' }) => ({
    file,
    line: source.slice(0, index).split('\n').length,
    module,
  }));
};

/** Comments become spaces, so that lines keep their numbers; strings are stepped over. */
const withoutComments = (source: string): string =>
  source.replace(/(["'`])(?:\\.|(?!\1)[^\\\n])*\1|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
  );
