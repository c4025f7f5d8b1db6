import type { Command } from './command.ts';
import type { Option } from './options.ts';

const width = 100;

/** The list of commands. */
export const helpText = (commands: readonly Command[]): string => {
  const longest = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Plenum, the flight recorder of field infrastructure.',
    '',
    'Usage: npm run plenum -- <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`),
    '',
    'Options and examples of a command: npm run plenum -- <command> --help',
    'Which version this is: npm run plenum -- --version',
    'Settings come from the environment, and what it leaves out from a file .env; .env.example lists them.',
    '',
  ].join('\n');
};

/** One command's own help. */
export const commandHelp = ({ name, summary, about, options, examples }: Command): string => {
  const rows = [
    ...Object.entries(options).map(([option, declared]) => ({
      left: leftOf(option, declared),
      right: rightOf(declared),
    })),
    { left: '--help', right: 'Show this.' },
  ];
  const longest = Math.max(...rows.map(({ left }) => left.length));
  return [
    `Usage: npm run plenum -- ${name} [options]`,
    '',
    summary,
    '',
    ...about.split('\n\n').flatMap((paragraph) => [...wrapped(paragraph, width), '']),
    ...rows.flatMap(({ left, right }) => {
      const [first = '', ...more] = wrapped(right, width - longest - 4);
      return [`  ${left.padEnd(longest)}  ${first}`, ...more.map((line) => `  ${' '.repeat(longest)}  ${line}`)];
    }),
    '',
    ...(examples.length === 0 ? [] : ['Examples:', ...examples.map((example) => `  npm run plenum -- ${example}`), '']),
  ].join('\n');
};

const leftOf = (name: string, { placeholder }: Option): string =>
  placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;

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
