/**
 * Whether names of settings are right: a misspelt one would be taken silently, and its fallback would hold. A file of
 * settings is Plenum's and Compose's alone, so there every name has to be known; of the process's environment only what is
 * plainly meant for Plenum can be judged.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { formerNames, renamedSettings } from './former-names.ts';
import { knownNames } from './generated/known-names.ts';
import { editDistance, nearest } from './nearest.ts';
import type { Environment, Problem } from './read-config.ts';

/** `warnings` are whole sentences. Neither has the value of anything. */
export type JudgedNames = { readonly problems: readonly Problem[]; readonly warnings: readonly string[] };

/** What `process` has of it. */
export type StartedWith = { readonly execArgv: readonly string[]; readonly env: Environment };

/** Judges the names in the files of `--env-file`, and those of the environment that are not from there. */
export const judgeNames = ({ execArgv, env }: StartedWith): JudgedNames => {
  const inFiles = new Set(envFilesOf(execArgv).flatMap(namesIn));
  const inFile = judgeFileNames([...inFiles]);
  const others = Object.keys(env).filter((name) => !inFiles.has(name) && env[name] !== '');
  return { problems: inFile.problems, warnings: [...inFile.warnings, ...warningsOf(others)] };
};

/** Names that a file of settings has. */
export const judgeFileNames = (names: readonly string[]): JudgedNames => {
  const former = names.filter((name) => Object.hasOwn(formerNames, name));
  return {
    problems: names
      .filter((name) => !known.has(name) && !former.includes(name) && !ofOthers.some((pattern) => pattern.test(name)))
      .map((name) => ({ name, problem: problemOf(name) })),
    warnings: former.map(
      (name) => `${name} is a setting of a replaced system and means nothing here: ${formerNames[name]}`,
    ),
  };
};

const problemOf = (name: string): string =>
  Object.hasOwn(renamedSettings, name)
    ? `is called ${renamedSettings[name]} now.`
    : `is not a setting${hint(nearest(name.toUpperCase(), knownNames))}`;

const known: ReadonlySet<string> = new Set(knownNames);

/** Of programs that read the same file or get their environment from it; and `X_`, for whatever a site needs there itself. */
const ofOthers: readonly RegExp[] = [
  /^(?:COMPOSE|DOCKER|BUILDKIT|BUILDX)_[A-Z0-9_]+$/,
  /^(?:NODE|UV|SSL|OPENSSL|LC|X)_[A-Z0-9_]+$/,
  /^(?:PG[A-Z]+|TZ|LANG|PATH|HOME|TMPDIR|JAVA_HOME|MAVEN_OPTS|NO_COLOR|FORCE_COLOR)$/,
  /^(?:https?|no|all)_proxy$/i,
];

/** Shorter names are near to many. */
const lengthMin = 6;

const warningsOf = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => !known.has(name) && !Object.hasOwn(formerNames, name) && /^[A-Z][A-Z0-9_]*$/.test(name))
    .flatMap((name) => {
      if (Object.hasOwn(renamedSettings, name)) return [`${name}, in the environment, ${problemOf(name)}`];
      const near = knownNames.find(
        (one) =>
          Math.min(one.length, name.length) >= lengthMin &&
          Math.abs(one.length - name.length) <= 1 &&
          editDistance(one, name) === 1,
      );
      if (near === undefined && !name.startsWith('PLENUM_')) return [];
      return [`${name}, in the environment, is not a setting${hint(near ?? nearest(name, knownNames))}`];
    });

const hint = (near: string | undefined): string => (near === undefined ? '.' : `; did you mean ${near}?`);

const envFilesOf = (execArgv: readonly string[]): readonly string[] =>
  execArgv.flatMap((word, index) => {
    const [, inline] = /^--env-file(?:-if-exists)?=(.+)$/.exec(word) ?? [];
    if (inline !== undefined) return [inline];
    const next = /^--env-file(?:-if-exists)?$/.test(word) ? execArgv[index + 1] : undefined;
    return next === undefined ? [] : [next];
  });

/** Node has read the file before; one that may be missing, and is, has no names. */
const namesIn = (file: string): readonly string[] => {
  try {
    return Object.keys(parseEnv(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
