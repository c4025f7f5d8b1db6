/** The page about the life of a command to a node, from the table that the rules run. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Life = {
  readonly commandTable: Table;
  readonly commandInputs: readonly string[];
  readonly finalStates: readonly string[];
  readonly refusalReasons: Readonly<Record<string, string>>;
};

const source = 'libs/device/src/commands/command-states.ts';

export const deviceCommandsReference: Generator = {
  name: 'device commands',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    return [{ path: 'docs/reference/device-commands.md', content: lifePage(await importFrom<Life>(root, source)) }];
  },
};

const lifePage = ({ commandTable, commandInputs, finalStates, refusalReasons }: Life): string => {
  const states = Object.keys(commandTable);
  return page(
    'The life of a command to a node',
    code(source),
    'The rules run this table ([decision 60](../decisions/0060-a-command-is-claimed-before-it-is-sent.md)).',
    chart(commandTable, commandInputs, finalStates),
    'What each state comes to by what happens. Empty: it stays as it is, and nothing is recorded. In italics: why it is refused.',
    table(
      ['', ...commandInputs.map(code)],
      states.map((state) => [
        `**${state}**`,
        ...commandInputs.map((input) => shown(commandTable[state]?.[input] ?? '', refusalReasons)),
      ]),
    ),
    table(
      ['refused', 'which says'],
      Object.entries(refusalReasons).map(([refusal, reason]) => [`*${refusal}*`, reason]),
    ),
  );
};

const shown = (outcome: string, reasons: Life['refusalReasons']): string => {
  if (outcome === 'stays') return '';
  return outcome in reasons ? `*${outcome}*` : outcome;
};

const chart = (rows: Table, inputs: readonly string[], finals: readonly string[]): string => {
  const states = Object.keys(rows);
  const arrows = states.flatMap((state) =>
    inputs.flatMap((input) => {
      const to = rows[state]?.[input] ?? '';
      return states.includes(to) ? [`  ${state} --> ${to}: ${input}`] : [];
    }),
  );
  const first = '  [*] --> requested';
  const ends = finals.map((state) => `  ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', first, ...arrows, ...ends, '```'].join('\n');
};
