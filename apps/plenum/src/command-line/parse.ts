/** From the words of a command line to a command with its values, or to a sentence that says what is wrong. */
import { parseArgs } from 'node:util';
import { nearest } from '@plenum/config';
import { type Command, UsageError } from './command.ts';
import type { Option, Options, Values } from './options.ts';

export type Asked =
  | { readonly what: 'run'; readonly command: Command; readonly values: Values<Options> }
  /** Of one command; of a family of them, such as `keys`; of everything. */
  | { readonly what: 'help'; readonly command: Command | undefined; readonly family?: string };

/** Options that stand where a command does, because every program has them. */
const versionOptions = ['--version', '-V'];
const helpOptions = ['--help', '-h'];

/** @throws {UsageError} */
export const parseCommandLine = (commands: readonly Command[], given: readonly string[]): Asked => {
  const words = versionOptions.includes(given[0] ?? '') ? ['version', ...given.slice(1)] : given;
  const start = words.findIndex((word) => word.startsWith('-'));
  const said = words.slice(0, start === -1 ? words.length : start);
  const rest = words.slice(said.length);
  const wantsHelp = rest.some((word) => helpOptions.includes(word));
  const about = said[0] === 'help' ? said.slice(1) : said;
  if ((wantsHelp || said[0] === 'help') && about.length === 1 && membersOf(commands, about[0]).length > 0) {
    return { what: 'help', command: undefined, family: about[0] ?? '' };
  }
  if (said[0] === 'help') return { what: 'help', command: commandOf(commands, about) };
  if (said.length === 0 && (wantsHelp || rest.length === 0)) return { what: 'help', command: undefined };
  const operand = operandOf(commands, said);
  const command = commandOf(commands, operand === undefined ? said : said.slice(0, -1));
  if (wantsHelp) return { what: 'help', command };
  if (command === undefined) {
    const near = nearest(rest[0] ?? '', [...versionOptions, ...helpOptions]);
    const hint = near === undefined ? '. See plenum --help' : `; did you mean ${near}?`;
    throw new UsageError(`there is no command before ${rest[0]}${hint}`);
  }
  return { what: 'run', command, values: parseOptions(command, operand === undefined ? rest : [operand, ...rest]) };
};

/** The word after the name of a command that takes one. */
const operandOf = (commands: readonly Command[], said: readonly string[]): string | undefined => {
  const name = said.slice(0, -1).join(' ');
  return commands.some((command) => command.name === name && command.operand !== undefined) ? said.at(-1) : undefined;
};

const commandOf = (commands: readonly Command[], said: readonly string[]): Command | undefined => {
  if (said.length === 0) return undefined;
  const name = said.join(' ');
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const family = membersOf(commands, said[0]);
  if (family.length > 0 && said.length === 1) throw new UsageError(`say which: ${family.join(', ')}`);
  const owner = commands.find((candidate) => name.startsWith(`${candidate.name} `));
  if (owner !== undefined) {
    const extra = name.slice(owner.name.length + 1);
    throw new UsageError(`${owner.name} takes options only, not "${extra}". See plenum ${owner.name} --help`);
  }
  // Of two words the first one says more: who asks for `key create` wants none of `users`.
  const families = [...new Set(commands.map((candidate) => candidate.name.split(' ')[0] ?? ''))];
  const near = membersOf(commands, family.length > 0 || said.length < 2 ? said[0] : nearest(said[0] ?? '', families));
  const candidates = near.length > 0 ? near : commands.map((candidate) => candidate.name);
  throw new UsageError(`there is no command "${name}"${meant(name, candidates)}`);
};

/** The commands whose first word this is, where they have two. */
const membersOf = (commands: readonly Command[], first: string | undefined): readonly string[] =>
  commands.map(({ name }) => name).filter((name) => name.startsWith(`${first} `));

/** @throws {UsageError} with the first thing that is wrong. */
const parseOptions = ({ name, options, operand }: Command, words: readonly string[]): Values<Options> => {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([option, { placeholder, short }]) => {
        const type = placeholder === undefined ? 'boolean' : 'string';
        return [option, { type, ...(short !== undefined && { short }) }] as const;
      }),
    ),
  });
  const values: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional' && operand === undefined) {
      throw new UsageError(`${name} takes options only, not "${token.value}"`);
    }
    const asked = token.kind === 'positional' ? (operand ?? '') : token.name;
    const option = Object.hasOwn(options, asked) ? options[asked] : undefined;
    if (option === undefined || (token.kind === 'option' && !isWritten(token.rawName, asked, option))) {
      throw new UsageError(
        `${name} has no option ${token.kind === 'option' ? token.rawName : token.value}${meant(asked, Object.keys(options), '--')}`,
      );
    }
    if (Object.hasOwn(values, asked)) throw new UsageError(`--${asked} is given twice`);
    values[asked] = parsedValue(asked, option, token.value);
  }
  for (const [option, { unset, placeholder }] of Object.entries(options)) {
    if (Object.hasOwn(values, option)) continue;
    if (unset === 'required') {
      throw new UsageError(`${name} needs ${option === operand ? '' : `--${option} `}${placeholder}`);
    }
    values[option] = unset.value;
  }
  return values;
};

/** As `--name`, or as the one letter that it has; `-name` is neither. */
const isWritten = (rawName: string, name: string, { short }: Option): boolean =>
  rawName === `--${name}` || rawName === `-${short}`;

const parsedValue = (name: string, { placeholder, expected, parse }: Option, written: string | undefined): unknown => {
  if (placeholder === undefined) {
    if (written !== undefined) throw new UsageError(`--${name} is ${expected}`);
    return true;
  }
  if (written === undefined) throw new UsageError(`--${name} needs a value: ${expected}`);
  const parsed = parse(written);
  if (parsed === undefined) throw new UsageError(`--${name} must be ${expected}, and is "${written}"`);
  return parsed.value;
};

/** What was probably meant, or where to look. */
const meant = (written: string, known: readonly string[], prefix = ''): string => {
  const closest = nearest(written, known);
  if (closest !== undefined) return `; did you mean ${prefix}${closest}?`;
  return known.length === 0 ? '' : `; there are ${known.map((name) => prefix + name).join(', ')}`;
};
