/** From declarations and an environment to typed values, or to every complaint at once. */
import type { Setting } from './setting.ts';

/** Settings by the names they have in the environment. */
export type Settings = Readonly<Record<string, Setting>>;

/** The values of `settings`, each with the type it was declared with. */
export type Config<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with a setting. Never holds the value of a secret. */
export type Problem = { readonly name: string; readonly problem: string };

/** The environment does not fit the declarations. Its message names every problem; nothing has been started yet. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** EX_CONFIG of sysexits.h: the supervisor of the process sees that a restart will not help. */
  readonly exitCode = 78;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 setting is' : `${problems.length} settings are`;
    super([`${count} wrong:`, ...problems.map(({ name, problem }) => `  ${name} ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads every setting from the environment. An empty value counts as unset.
 * @param alsoWrong what is known to be wrong already, such as names that nobody reads.
 * @throws {ConfigError} once, with all of that and every setting that is missing or malformed.
 */
export const readConfig = <const S extends Settings>(
  settings: S,
  environment: Environment,
  alsoWrong: readonly Problem[] = [],
): Config<S> => {
  const values: Record<string, unknown> = {};
  const problems = [...alsoWrong];
  for (const [name, setting] of Object.entries(settings)) {
    const result = readSetting(setting, environment[name]);
    if ('problem' in result) problems.push({ name, problem: result.problem });
    else values[name] = result.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as Config<S>; // Every name of S has a value by now, made by its own setting.
};

/** What is wrong with those of the settings that the environment has. */
export const malformedIn = (settings: Settings, environment: Environment): readonly Problem[] =>
  Object.entries(settings)
    .filter(([name]) => (environment[name] ?? '') !== '')
    .flatMap(([name, setting]) => {
      const result = readSetting(setting, environment[name]);
      return 'problem' in result ? [{ name, problem: result.problem }] : [];
    });

type Result = { readonly value: unknown } | { readonly problem: string };

const readSetting = (setting: Setting, written: string | undefined): Result => {
  const { about, example, expected, parse, secret, whenUnset } = setting;
  if (written === undefined || written === '') {
    if (whenUnset.rule !== 'required') return { value: whenUnset.value };
    return {
      problem: `is missing: ${about} Expected ${expected}${example === undefined ? '' : `, such as ${example}`}.`,
    };
  }
  return parse(written) ?? { problem: `must be ${expected}${secret ? '' : `, and is ${quoted(written)}`}.` };
};

const quoted = (written: string): string =>
  JSON.stringify(written.length > lengthShownMax ? `${written.slice(0, lengthShownMax)}…` : written);

const lengthShownMax = 80;
