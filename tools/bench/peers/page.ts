/** The table of peers as `docs/performance.md` has it. */
import { grouped, number } from '../tell.ts';
import { machine } from '../write-docs.ts';
import { figures } from './figures.ts';
import type { Pipeline } from './pipeline.ts';
import { aheadIn, type Cell, type Rounds, type Row, rowOf } from './summary.ts';

export type Measuring = {
  readonly pipelines: readonly Pipeline[];
  readonly rounds: Rounds;
  /** The names of our own. */
  readonly ours: readonly string[];
  /** By pipeline. */
  readonly versions: ReadonlyMap<string, string>;
  /** What all of them stand on. */
  readonly foundation: string;
  /** What was not measured, and why. */
  readonly missing: readonly string[];
};

/** A line of `--json` for each figure of each pipeline. */
export const linesOf = ({ rounds }: Measuring): readonly object[] =>
  figures
    .map((figure) => rowOf(figure, rounds))
    .flatMap(({ figure, cells, best }) =>
      [...cells].map(([pipeline, cell]) => ({
        ...{ bench: 'peers', log: 'postgres', pipeline, figure: figure.name, unit: figure.unit },
        ...cell,
        best: best.includes(pipeline),
      })),
    );

export const pageOf = (measuring: Measuring): string => {
  const { pipelines, rounds, ours, versions, foundation, missing } = measuring;
  const names = pipelines.map(({ name }) => name);
  const rows = figures.map((figure) => rowOf(figure, rounds));
  const count = Math.max(...[...rounds.values()].map(({ length }) => length));
  const measured = new Date().toISOString().slice(0, 10);
  const set = pipelines.map(({ name, about, tables, promise }) => [
    name,
    versions.get(name) ?? '',
    about,
    tables,
    promise,
  ]);
  return [
    `Measured ${measured}, ${count} rounds, on ${machine()}. ${foundation}`,
    '',
    ...tableOf(
      ['', ...names],
      rows.map((row) => [titleOf(row), ...names.map((name) => shown(row, name))]),
    ),
    '',
    'The best of a row is bold. –: not measured, or it did not keep up with that pace.',
    ...missing.map((what) => `Not measured: ${what}.`),
    '',
    ...aheadOf(rows, ours),
    '',
    ...tableOf(['', 'versions', 'set up', 'tables', 'what it promises'], set),
  ].join('\n');
};

const titleOf = ({ figure: { about, unit, over } }: Row): string =>
  `${about}, ${unit}${over === 'sum' ? ', all rounds' : ''}`;

const shown = ({ cells, best }: Row, name: string): string => {
  const cell = cells.get(name);
  if (cell === undefined) return '–';
  return best.includes(name) ? `**${textOf(cell)}**` : textOf(cell);
};

const textOf = ({ value }: Pick<Cell, 'value'>): string => (Number.isInteger(value) ? grouped(value) : number(value));

const aheadOf = (rows: readonly Row[], ours: readonly string[]): readonly string[] => {
  const ahead = rows.flatMap((row) => aheadIn(row, ours) ?? []);
  if (ahead.length === 0) return ['Nothing is ahead of Plenum in this table.'];
  const items = ahead.map(({ figure, ours: own, others }) => {
    const listed = others.map(([name, value]) => `${name} ${textOf({ value })}`).join('; ');
    return `* ${figure.about}: ${listed}, and Plenum ${textOf({ value: own })} ${figure.unit}`;
  });
  return ['Where something else is ahead of the better of the two of Plenum:', '', ...items];
};

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
