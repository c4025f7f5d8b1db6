/** Writes results into `docs/performance.md`, between its two marks, and leaves what was not measured this time. */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import type { Result } from './bench.ts';
import { grouped, number, percent } from './tell.ts';

const begin = '<!-- results: written by `npm run bench -- --write-docs` -->';
const end = '<!-- end of results -->';

const columns = [
  'path',
  'log',
  'against',
  'Plenum',
  'that',
  'unit',
  'ratio',
  'least to greatest',
  'at least',
  'aim',
  '',
  'pairs',
  'load',
  'others',
  'measured',
];

/** @throws when the page has lost its marks. */
export const writeDocs = (file: string, results: readonly Result[]): void => {
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no place for results`);
  const rows = rowsIn(page.slice(from, to));
  const today = new Date().toISOString().slice(0, 10);
  for (const result of results) rows.set(keyOf(result), rowOf(result, today));
  const table = [columns, columns.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  const about = `Machine of the last measurement: ${machine()}. ${aboutColumns}`;
  const text = [begin, '', about, '', ...table, ...rows.values(), '', end].join('\n');
  writeFileSync(file, page.slice(0, from) + text + page.slice(to + end.length));
};

/** Writes what a bench has of its own, between the two marks that have its name. @throws when the page has lost them. */
export const writeTable = (file: string, name: string, text: string): void => {
  const page = readFileSync(file, 'utf8');
  const marks = [
    `<!-- ${name}: written by \`npm run bench -- ${name} --write-docs\` -->`,
    `<!-- end of ${name} -->`,
  ] as const;
  const [from, to] = [page.indexOf(marks[0]), page.indexOf(marks[1])];
  if (from === -1 || to < from) throw new Error(`${file} has no place for ${name}`);
  writeFileSync(file, `${page.slice(0, from + marks[0].length)}\n\n${text}\n\n${page.slice(to)}`);
};

const keyOf = ({ bench, log, against = '' }: Pick<Result, 'bench' | 'log' | 'against'>): string =>
  `| \`${bench}\` | ${log} | ${against} |`;

const rowsIn = (section: string): Map<string, string> =>
  new Map(
    section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => [line.split('|').slice(0, 4).join('|').concat('|'), line]),
  );

const rowOf = (result: Result, today: string): string => {
  const { bareValue, limit, aim, ratio, spread, unit, saturated, met, pairs, loadAverage, foreignShare } = result;
  const compared = bareValue !== undefined;
  const range = [spread.least, spread.greatest]
    .map((value) => (compared ? value.toFixed(2) : number(value)))
    .join(' – ');
  const verdict = met ? 'met' : saturated ? '**missed**' : `**no result**: not ${compared ? 'saturated' : 'offered'}`;
  const cells = [
    number(result.value),
    compared ? grouped(bareValue) : '',
    unit,
    ratio === null ? '' : ratio.toFixed(2),
    range,
    compared ? limit : `at most ${limit}`,
    aim,
    verdict,
    pairs,
    loadAverage.toFixed(1),
    percent(foreignShare),
    today,
  ];
  return `${keyOf(result)} ${cells.join(' | ')} |`;
};

const aboutColumns =
  '"load" is the median load average while it was measured, "others" the most of the machine that went to processes ' +
  'that are none of ours.';

/** What it was measured on. */
export const machine = (): string => {
  const [cpu] = os.cpus();
  const gigabytes = Math.round(os.totalmem() / 1e9);
  return (
    `${os.availableParallelism()} cores of ${cpu?.model.trim() ?? 'an unknown CPU'}, ` +
    `${gigabytes} GB, ${os.type()} ${os.release().split('-')[0]} on ${os.arch()}, Node ${process.version}`
  );
};
