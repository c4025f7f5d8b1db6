/** `.env.example` and the settings page, from what each app declares in its `config.ts`, and Compose beside it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Description, describeSettings, type Settings } from '@plenum/config';
import { fixedSettings } from '../compose/fixed-settings.ts';
import { filesOf, requiredIn } from '../compose/read-compose.ts';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

/** A setting, and the apps that read it. */
export type Documented = { readonly setting: Description; readonly apps: readonly string[] };

export const settingsReference: Generator = {
  name: 'settings',
  generate: async (root) => {
    const documented = mergeSettings(await readSettings(root));
    if (documented.length === 0) return [];
    return [
      { path: '.env.example', content: envExample(documented, neededByCompose(root)) },
      { path: 'docs/reference/settings.md', content: settingsPage(documented) },
      { path: 'libs/config/src/generated/known-names.ts', content: knownNames(documented) },
    ];
  },
};

type AppSettings = readonly (readonly [app: string, settings: Settings])[];

/** What every app declares, by its name, and what Compose does. */
export const readSettings = async (root: string): Promise<AppSettings> => {
  const apps = globSync('apps/*', { cwd: root }).map((directory) => path.basename(directory));
  const withSettings = apps.filter((app) => existsSync(path.join(root, configOf(app)))).toSorted();
  const imported = withSettings.map(async (app) => {
    const { settings } = await importFrom<{ readonly settings?: Settings }>(root, configOf(app));
    if (settings === undefined) throw new Error(`${configOf(app)} exports no settings`);
    return [app, settings] as const;
  });
  const declared = await Promise.all(imported);
  if (!existsSync(path.join(root, composeVariables))) return declared;
  const { settings } = await importFrom<{ readonly settings: Settings }>(root, composeVariables);
  return [...declared, [composeFile, settings]];
};

export const composeFile = 'docker-compose.yml';
const composeVariables = 'tools/compose/variables.ts';

/** Each way to start Compose, and what is said of a setting that it does not start without. */
const composeVariants = [
  { file: 'docker-compose.listen.yml', needed: ' Docker Compose needs it.' },
  { file: composeFile, needed: ' Docker Compose needs it, with Mosquitto.' },
];

/** What Compose does not start without, though others may, and what is said of that. */
const neededByCompose = (root: string): ReadonlyMap<string, string> => {
  const needed = composeVariants
    .filter(({ file }) => existsSync(path.join(root, file)))
    .flatMap((variant) =>
      filesOf(root, [variant.file])
        .flatMap((file) => requiredIn(readFileSync(path.join(root, file), 'utf8')))
        .map((name) => [name, variant.needed] as const),
    );
  return new Map(needed.toReversed()); // Of two variants that need it, the first one has the word.
};

const configOf = (app: string): string => `apps/${app}/src/config.ts`;

/**
 * Every setting once, in the order of its name.
 * @throws when two apps declare one name differently: an operator who sets it could not know what it means.
 */
export const mergeSettings = (declared: AppSettings): readonly Documented[] => {
  const merged = new Map<string, Documented>();
  for (const [app, settings] of declared) {
    for (const setting of describeSettings(settings)) {
      const before = merged.get(setting.name);
      if (before !== undefined && !isDeepStrictEqual(before.setting, setting)) {
        throw new Error(`${setting.name} means one thing in ${before.apps.join(', ')} and another in ${app}`);
      }
      merged.set(setting.name, { setting, apps: [...(before?.apps ?? []), app] });
    }
  }
  return [...merged.values()].toSorted((a, b) => (a.setting.name < b.setting.name ? -1 : 1));
};

const envExample = (documented: readonly Documented[], needed: ReadonlyMap<string, string>): string => {
  const parts = documented.map(({ setting, apps }) => {
    const { about, example, expected, fallback, name, required } = setting;
    const line = `${name}=${fallback ?? example ?? ''}`;
    const compose = needed.get(name) ?? '';
    const shown = required || needed.has(name) ? line : `# ${line}`;
    return `# ${about} Expects ${expected}. Read by ${apps.join(', ')}.${compose}\n${shown}\n`;
  });
  const head =
    '# Every setting there is. Made by `npm run generate` from what the apps declare; an empty value is none.\n' +
    '# As .env, it is read by `npm run plenum`, `npm run demo` and Docker Compose, and what the environment sets wins.\n';
  return [head, ...parts].join('\n');
};

/** For every process, which cannot see what the others declare. */
const knownNames = (documented: readonly Documented[]): string =>
  [
    '// Made from the settings of every app and of Docker Compose by `npm run generate`; edit those, not this file.',
    '',
    '/** The names of all settings. */',
    'export const knownNames: readonly string[] = [',
    ...documented.map(({ setting }) => `  '${setting.name}',`),
    '];',
    '',
  ].join('\n');

const settingsPage = (documented: readonly Documented[]): string => {
  const rows = documented.map(({ setting, apps }) => [
    code(setting.name),
    `${setting.about}${setting.secret ? ' Secret: never printed.' : ''}`,
    setting.expected,
    whenUnset(setting),
    apps.join(', '),
  ]);
  return page(
    'Settings',
    'the `config.ts` of each app and `tools/compose/variables.ts`',
    'Settings come from the environment. What it leaves out, `npm run plenum` and `npm run demo` take from a file `.env` beside `package.json`, as Docker Compose does; a process that is started in another way does not. An empty value counts as unset. In that file every name has to be one of these, of the programs that read it with Plenum (`COMPOSE_…`, `DOCKER_…`, `NODE_…`, `PG…`, `TZ`, proxies), or one of your own that begins with `X_`: another one is refused, with what was probably meant. A name in the environment that is nearly one of these, or begins with `PLENUM_`, is warned of. A process whose settings are wrong names every wrong one at once and exits with code 78.',
    table(['setting', 'meaning', 'expects', 'when unset', 'read by'], rows),
    ...fixedSection(documented),
  );
};

const fixedSection = (documented: readonly Documented[]): readonly string[] => {
  const fixed = documented.flatMap(({ setting: { name } }) => {
    const why = fixedSettings[name];
    return why === undefined ? [] : [[code(name), why]];
  });
  if (fixed.length === 0) return [];
  return [
    '## Fixed with Docker Compose',
    'Compose passes each setting of `.env` on to the programs that read it, but for these:',
    table(['setting', 'why'], fixed),
  ];
};

const whenUnset = ({ fallback, required }: Description): string => {
  if (required) return 'refuses to start';
  return fallback === undefined ? 'nothing' : code(fallback === '' ? '(empty)' : fallback);
};
