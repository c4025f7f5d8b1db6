/** What Compose passes on from .env to each program of ours: every setting that the program reads and nobody has fixed. */
import { describeSettings, type Settings } from '@plenum/config';
import { fixedSettings } from './fixed-settings.ts';

export type ProgramOfCompose = {
  /** Where its settings are declared, as `settings`. */
  readonly source: string;
  /** The service of `deploy/compose/app.yml` that it extends. */
  readonly base: 'app' | 'program';
};

/** The services of `deploy/compose/settings.yml`, which those that run extend. */
export const programsOfCompose: Readonly<Record<string, ProgramOfCompose>> = {
  exporter: { source: 'apps/exporter/src/config.ts', base: 'program' },
  'mqtt-bridge': { source: 'apps/mqtt-bridge/src/config.ts', base: 'program' },
  projector: { source: 'apps/projector/src/config.ts', base: 'program' },
  'query-api': { source: 'apps/query-api/src/config.ts', base: 'program' },
  reactor: { source: 'apps/reactor/src/config.ts', base: 'program' },
  schemas: { source: 'apps/plenum/src/schemas/settings.ts', base: 'app' },
};

export const settingsFile = 'deploy/compose/settings.yml';

/** Names in their order. One that has to be given is not among them: its service says what it is needed for. */
export const passedNames = (settings: Settings, fixed = fixedSettings): readonly string[] =>
  describeSettings(settings)
    .filter(({ name, required }) => !required && !Object.hasOwn(fixed, name))
    .map(({ name }) => name)
    .toSorted();

/** The file of those services. An empty value counts as unset, so what .env leaves out is the program's to say. */
export const settingsYaml = (
  programs: readonly (readonly [name: string, base: string, settings: Settings])[],
): string =>
  [
    '# What .env and the environment say, passed on to the programs that read it. Made from the settings of each by',
    '# `npm run generate`; what Compose fixes instead is in tools/compose/fixed-settings.ts, with the reasons.',
    '',
    'services:',
    ...programs.flatMap(([name, base, settings]) => [
      `  ${name}:`,
      `    extends: { file: app.yml, service: ${base} }`,
      '    environment:',
      ...passedNames(settings).map((setting) => `      ${setting}: \${${setting}:-}`),
      '',
    ]),
  ].join('\n');
