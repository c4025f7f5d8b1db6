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
  /(?<![.$\w])(?:from\s*|import\s*(?:\(\s*)?|require(?:\.resolve)?\s*\(\s*|import\.meta\.resolve\s*\(\s*)(?:(['"`])(?<whole> +)\1|`(?<begun> +)\$\{)/dg;

/** All modules that a file names in its code: neither comments count nor text in quotes that reads like an import. */
export const readImports = (root: string, file: string): readonly Import[] => {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...codeIn(source).matchAll(naming)].map(({ index, indices }) => {
    const [from, to] = indices?.groups?.whole ?? indices?.groups?.begun ?? [0, 0];
    return { file, line: source.slice(0, index).split('\n').length, module: source.slice(from, to) };
  });
};

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const quoted = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/;
/** Where a value is expected; anywhere else a slash divides. */
const expression = /(?<=(?:[(,=:[!&|?{;]|=>|\breturn)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\//;
const inCode = new RegExp([comment, quoted, expression, /[`{}]/].map(({ source }) => source).join('|'), 'g');
const inTemplate = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{|$)/y;

/** The source with spaces for comments, expressions, and what is in quotes; every line has its number, every character its place. */
const codeIn = (source: string): string => {
  const parts: string[] = [];
  /** What is open: a block of code, or code within a template. */
  const open: ('block' | 'template')[] = [];
  let at = 0;
  const template = (): void => {
    inTemplate.lastIndex = at;
    const [text = ''] = inTemplate.exec(source) ?? [];
    const begins = text.endsWith('${');
    const end = begins ? 2 : 1;
    parts.push(blank(text.slice(0, text.length - end)), text.slice(text.length - end));
    at = inTemplate.lastIndex || source.length;
    if (begins) open.push('template');
  };
  for (;;) {
    inCode.lastIndex = at;
    const found = inCode.exec(source);
    if (found === null) return [...parts, source.slice(at)].join('');
    const [token] = found;
    parts.push(source.slice(at, found.index), kept(token));
    at = inCode.lastIndex;
    if (token === '{') open.push('block');
    if (token === '`' || (token === '}' && open.pop() === 'template')) template();
  }
};

/** Quotes stay, with nothing in them. */
const kept = (token: string): string => {
  if (token.length === 1) return token;
  const quote = /^["']/.test(token) ? token.slice(0, 1) : '';
  return quote + blank(token.slice(quote.length, token.length - quote.length)) + quote;
};

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
