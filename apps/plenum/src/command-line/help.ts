import type { Command } from './command.ts';
import type { Option } from './options.ts';

/** Lines that are longer are hard to read; in a narrower terminal they are as long as that. */
const widthMax = 100;

/** The list of commands. */
export const helpText = (commands: readonly Command[], width = widthMax): string => {
  const rows = commands.map(({ name, summary }) => ({ left: name, right: summary }));
  return [
    'Plenum, the flight recorder of field infrastructure.',
    '',
    'Usage: npm run plenum -- <command> [options]',
    '',
    ...columnsOf(rows, width),
    '',
    'Options and examples of a command: npm run plenum -- <command> --help',
    'Which version this is: npm run plenum -- --version',
    ...wrapped(
      'Settings come from the environment, and what it leaves out from a file .env; .env.example lists them.',
      atMost(width),
    ),
    '',
  ].join('\n');
};

/** One command's own help. */
export const commandHelp = (command: Command, width = widthMax): string => {
  const { name, summary, about, options, operand, examples } = command;
  const rows = [
    ...Object.entries(options).map(([option, declared]) => ({
      left: leftOf(option, declared),
      right: rightOf(declared),
    })),
    { left: '--help', right: 'Show this.' },
  ];
  return [
    `Usage: npm run plenum -- ${name}${operand === undefined ? '' : ` ${options[operand]?.placeholder}`} [options]`,
    '',
    summary,
    '',
    ...about.split('\n\n').flatMap((paragraph) => [...wrapped(paragraph, atMost(width)), '']),
    ...columnsOf(rows, width),
    '',
    ...(examples.length === 0 ? [] : ['Examples:', ...examples.map((example) => `  npm run plenum -- ${example}`), '']),
  ].join('\n');
};

const atMost = (width: number): number => Math.min(width, widthMax);

type Row = { readonly left: string; readonly right: string };

/** Two columns, the right one as wide as the left one leaves space for. */
const columnsOf = (rows: readonly Row[], width: number): readonly string[] => {
  const longest = Math.max(...rows.map(({ left }) => left.length));
  const room = Math.max(atMost(width) - longest - 4, 20);
  return rows.flatMap(({ left, right }) => {
    const [first = '', ...more] = wrapped(right, room);
    return [`  ${left.padEnd(longest)}  ${first}`, ...more.map((line) => `  ${' '.repeat(longest)}  ${line}`)];
  });
};

const leftOf = (name: string, { placeholder, short }: Option): string => {
  const written = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return placeholder === undefined ? written : `${written} ${placeholder}`;
};

const rightOf = ({ about, unset }: Option): string => {
  if (unset === 'required') return `${about} Has to be given.`;
  return unset.shown === undefined ? about : `${about} [${unset.shown}]`;
};

const wrapped = (paragraph: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
