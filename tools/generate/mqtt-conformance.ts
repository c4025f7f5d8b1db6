/** The page about what of MQTT is tried, and where the listener and Mosquitto differ: from the scripts themselves. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

const source = 'libs/mqtt/src/testing/conformance';

type Difference = { readonly by: string; readonly answers: readonly string[]; readonly because: string };
type Hears = {
  readonly does: 'hear';
  readonly client: string;
  readonly answers: readonly string[];
  readonly differences: readonly Difference[];
};
type Script = { readonly name: string; readonly steps: readonly (Hears | { readonly does: 'other' })[] };
export type Theme = { readonly name: string; readonly level: number; readonly scripts: readonly Script[] };
export type Standard = {
  readonly level: number;
  readonly name: string;
  readonly reasons: readonly { readonly because: string; readonly statements: readonly string[] }[];
};
export type Scripted = {
  readonly themes: readonly Theme[];
  readonly standards: readonly (Standard & { readonly statements: number })[];
};

export const mqttConformance: Generator = {
  name: 'mqtt-conformance',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    const { themes } = await importFrom<Pick<Scripted, 'themes'>>(root, `${source}/scripts/themes.ts`);
    const { standards, statementsOf } = await importFrom<{
      readonly standards: readonly Standard[];
      readonly statementsOf: (standard: Standard) => readonly string[];
    }>(root, `${source}/statements.ts`);
    const counted = standards.map((standard) => ({ ...standard, statements: statementsOf(standard).length }));
    return [{ path: 'docs/mqtt-conformance.md', content: conformancePage({ themes, standards: counted }) }];
  },
};

export const conformancePage = ({ themes, standards }: Scripted): string => {
  const scripts = themes.flatMap((theme) => theme.scripts);
  const found = differencesIn(themes);
  const of = (by: string): readonly Found[] => found.filter((each) => each.by === by);
  return page(
    'MQTT conformance',
    code(source),
    `${scripts.length} exchanges say, packet by packet, what clients send and what a server has to answer. The MQTT ` +
      'listener and Debian\u2019s Mosquitto 2.0.11 are compared with each of them by tests. A script says where ' +
      'one of the two does otherwise and why; a difference that nobody wrote down, or that is none any more, fails the run. ' +
      'Answers are those of the listener where the standard leaves a choice.',
    table(
      ['', 'theme', 'exchanges', 'differences of Mosquitto', 'of the listener'],
      themes.map((theme) => [
        standards.find(({ level }) => level === theme.level)?.name ?? '',
        theme.name,
        String(theme.scripts.length),
        ...['mosquitto', 'listener'].map((by) =>
          String(differencesIn([theme]).filter((each) => each.by === by).length),
        ),
      ]),
    ),
    'An answer is written as its packet, its packet id and its reason code: `m1` is the first packet id that a server has ' +
      'given a client; reason code 0x00 of an acknowledgement and what every server chooses for itself are left out.',
    '## Where the listener differs from the standard',
    of('listener').length === 0 ? 'Nowhere.' : differenceTables(of('listener'), standards),
    '## Where Mosquitto differs',
    of('mosquitto').length === 0 ? 'Nowhere.' : differenceTables(of('mosquitto'), standards),
    '## Statements that no exchange is about',
    'Each numbered statement of both standards is in the name of an exchange, but for these.',
    table(
      ['', 'why', 'statements'],
      standards.flatMap(({ name, reasons }) =>
        reasons.map(({ because, statements }) => [name, because, statements.join(' ')]),
      ),
    ),
    standards
      .map(({ name, reasons, statements }) => {
        const excused = reasons.reduce((count, reason) => count + reason.statements.length, 0);
        return `${name} has ${statements}, of which exchanges name ${statements - excused}.`;
      })
      .join(' '),
  );
};

type Found = Difference & {
  readonly level: number;
  readonly theme: string;
  readonly script: string;
  readonly wanted: readonly string[];
};

const differencesIn = (themes: readonly Theme[]): readonly Found[] =>
  themes.flatMap(({ name: theme, level, scripts }) =>
    scripts.flatMap(({ name, steps }) =>
      steps.flatMap((step) =>
        step.does === 'hear'
          ? step.differences.map((each) => ({ ...each, level, theme, script: name, wanted: step.answers }))
          : [],
      ),
    ),
  );

/** By reason: what has one reason has one table. */
const differenceTables = (found: readonly Found[], standards: Scripted['standards']): string =>
  [...Map.groupBy(found, ({ because }) => because)]
    .flatMap(([because, each]) => [
      `**${because}**`,
      table(
        ['', 'exchange', 'expected', 'answered'],
        each.map(({ level, theme, script, wanted, answers }) => [
          standards.find((standard) => standard.level === level)?.name ?? '',
          `${theme}: ${script}`,
          shown(wanted),
          shown(answers),
        ]),
      ),
    ])
    .join('\n\n');

/** The most answers that are worth reading. */
const shownMax = 8;

const shown = (answers: readonly string[]): string => {
  const left = answers.length - shownMax;
  const list =
    left > 1 ? [...answers.slice(0, shownMax / 2), `${left} more`, ...answers.slice(-shownMax / 2)] : answers;
  return answers.length === 0
    ? 'nothing'
    : list.map((answer) => (answer.endsWith(' more') ? answer : code(answer))).join(', ');
};
