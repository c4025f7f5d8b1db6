/** Compose files as `docker compose` reads them: includes and what is extended put in, anchors resolved, variables put in. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export type Service = {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
};

export type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

/** Settings in .env; `undefined` for the files as they are written. */
export type Variables = Readonly<Record<string, string>> | undefined;

/**
 * The services of these files, one after the other, as `docker compose -f <file> -f <file>` has them. Files must obey the
 * schema of the Compose Specification to be what their type says.
 * @throws when one is not YAML, or a variable that must be set is not among `variables`.
 */
export const readProject = (root: string, files: readonly string[], variables: Variables): Compose => {
  const read = files.map((file) => {
    const { include = [], ...own } = readFile(path.join(root, file), variables);
    const included = readProject(
      root,
      include.map((one) => one.path),
      variables,
    );
    const services = Object.entries(own.services ?? {}).map(
      ([name, service]) => [name, extended(service, root, variables)] as const,
    );
    return together([included, { ...own, services: Object.fromEntries(services) }]);
  });
  return together(read);
};

/** The files that these are made of, themselves included. */
export const filesOf = (root: string, files: readonly string[]): readonly string[] => {
  const more = files.flatMap((file) => {
    const { include = [], services = {} } = readFile(path.join(root, file), undefined);
    const bases = Object.values(services).flatMap(({ extends: base }) =>
      base === undefined || base.file === file ? [] : [base.file],
    );
    // What is extended by what is extended lies beside it.
    const nested = bases.flatMap((base) =>
      filesOf(path.join(root, path.dirname(base)), [path.basename(base)]).map((one) =>
        path.join(path.dirname(base), one),
      ),
    );
    return [
      ...filesOf(
        root,
        include.map((one) => one.path),
      ),
      ...nested,
    ];
  });
  return [...new Set([...files, ...more])];
};

type Extending = Service & { readonly extends?: { readonly file: string; readonly service: string } };

type File = {
  readonly include?: readonly { readonly path: string; readonly project_directory: '.' }[];
  readonly services?: Readonly<Record<string, Extending>>;
  readonly volumes?: Compose['volumes'];
};

/** All of a file is interpolated, also where only one service of it is wanted. */
const readFile = (file: string, variables: Variables): File => {
  const written: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
  return (variables === undefined ? written : interpolate(written, variables)) as File; // Held by the schema.
};

/** `directory` is what the path of an extended file starts from: the project's, or else that of the file it stands in. */
const extended = (service: Extending, directory: string, variables: Variables): Service => {
  const { extends: base, ...own } = service;
  if (base === undefined) return own;
  const file = path.join(directory, base.file);
  const found = readFile(file, variables).services?.[base.service];
  if (found === undefined) throw new Error(`${base.file} has no service ${base.service}`);
  return merged(extended(found, path.dirname(file), variables), own);
};

/** What `own` has is added to a map and put in the place of anything else, which is all that our files ask for. */
const merged = (base: Service, own: Service): Service => ({
  ...base,
  ...own,
  ...(base.environment !== undefined && { environment: { ...base.environment, ...own.environment } }),
});

const together = (projects: readonly Partial<Compose>[]): Compose => ({
  services: Object.assign({}, ...projects.map(({ services }) => services)) as Compose['services'],
  volumes: Object.assign({}, ...projects.map(({ volumes }) => volumes)) as Compose['volumes'],
});

/** The names of variables that a text must be given. */
export const requiredIn = (text: string): readonly string[] =>
  [...text.matchAll(/\$\{(\w+):\?[^}]*\}/g)].map(([, name]) => name ?? '');

const interpolate = (value: unknown, variables: NonNullable<Variables>): unknown => {
  if (typeof value === 'string') return fill(value, variables);
  if (Array.isArray(value)) return value.map((each: unknown) => interpolate(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, interpolate(each, variables)]));
};

/** `${NAME:?why}` and `${NAME:-otherwise}`; nothing else is used, so nothing else is allowed. */
const fill = (text: string, variables: NonNullable<Variables>): string => {
  const filled = text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
    if (kind === '-') return rest;
    throw new Error(`${name} is not set${kind === '?' ? `: it ${rest}` : ''}`);
  });
  if (filled.replaceAll('$$', '').includes('$')) throw new Error(`"${text}" has a $ that means nothing here`);
  return filled.replaceAll('$$', '$');
};
