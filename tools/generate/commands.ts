/** The page about the one command, from what it says itself. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

type Option = {
  readonly about: string;
  readonly placeholder: string | undefined;
  readonly unset: 'required' | { readonly shown: string | undefined };
};

type Command = {
  readonly name: string;
  readonly summary: string;
  readonly about: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly string[];
};

const source = 'apps/plenum/src/commands.ts';

export const commandsReference: Generator = {
  name: 'commands',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    const { commands } = await importFrom<{ readonly commands: readonly Command[] }>(root, source);
    return [{ path: 'docs/reference/commands.md', content: commandsPage(commands) }];
  },
};

export const commandsPage = (commands: readonly Command[]): string =>
  page(
    'Commands',
    `${code(source)} and what it imports`,
    'Each is `npm run plenum -- <command> [options]`, and says the same with `--help`; `--version` and `-V` stand for `version`. Settings come from the ' +
      '[environment](settings.md). Exit code 64: the command line makes no sense; 78: the settings do not; 130: it was ' +
      'interrupted.',
    ...commands.flatMap(sectionOf),
  );

const sectionOf = ({ name, summary, about, options, examples }: Command): readonly string[] => [
  `## ${code(name)}`,
  summary,
  about.replaceAll('<', '&lt;'),
  ...(Object.keys(options).length === 0
    ? []
    : [
        table(
          ['option', 'meaning', 'when left out'],
          Object.entries(options).map(([option, { placeholder, about: meaning, unset }]) => [
            code(placeholder === undefined ? `--${option}` : `--${option} ${placeholder}`),
            meaning,
            unset === 'required' ? 'has to be given' : (unset.shown ?? ''),
          ]),
        ),
      ]),
  ...(examples.length === 0
    ? []
    : [['```sh', ...examples.map((example) => `npm run plenum -- ${example}`), '```'].join('\n')]),
];
