/** A compose file as `docker compose` reads it: anchors and merges resolved, variables put in. */
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
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
};

export type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
};

/**
 * The file, which must obey the schema of the Compose Specification to be what its type says.
 * @throws when it is not YAML, or a variable that must be set is not among `variables`.
 */
export const readCompose = (text: string, variables: Readonly<Record<string, string>>): Compose =>
  interpolate(parse(text, { merge: true }), variables) as Compose; // Held by the schema, which the tests apply.

/** The names of variables that a text must be given. */
export const requiredIn = (text: string): readonly string[] =>
  [...text.matchAll(/\$\{(\w+):\?[^}]*\}/g)].map(([, name]) => name ?? '');

const interpolate = (value: unknown, variables: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') return fill(value, variables);
  if (Array.isArray(value)) return value.map((each: unknown) => interpolate(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, interpolate(each, variables)]));
};

/** `${NAME:?why}` and `${NAME:-otherwise}`; nothing else is used, so nothing else is allowed. */
const fill = (text: string, variables: Readonly<Record<string, string>>): string => {
  const filled = text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
    if (kind === '-') return rest;
    throw new Error(`${name} is not set${kind === '?' ? `: it ${rest}` : ''}`);
  });
  if (filled.replaceAll('$$', '').includes('$')) throw new Error(`"${text}" has a $ that means nothing here`);
  return filled.replaceAll('$$', '$');
};
