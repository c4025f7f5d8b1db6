/** What `npm run bench` is asked. */
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import type { LogKind } from './machine/place.ts';

export type Options = {
  /** Empty: every path that is not only on request. */
  readonly names: readonly string[];
  readonly logs: readonly LogKind[];
  readonly json: boolean;
  readonly all: boolean;
  readonly pairs: number;
  readonly seconds: number;
  /** That a command for all goes to. */
  readonly nodes: number;
  readonly writeDocs: boolean;
  /** Where CPU profiles of Plenum's and the bare sides' processes go. */
  readonly profileDirectory: string | undefined;
};

export const usage = `npm run bench -- [name…] [options]

  a name, or what several begin with, such as auth, or what they are together, such as exports

  --log postgres|kafka|both   which log; both unless said otherwise
  --pairs N                   interleaved pairs, 5 unless said otherwise
  --seconds S                 how long each side is measured, 5 unless said otherwise
  --nodes N                   nodes that commands go to, 5000 unless said otherwise
  --all                       those too that run for long
  --json                      one line per result on standard output; the rest goes to standard error
  --write-docs                writes the results into docs/performance.md
  --profile DIRECTORY         writes a CPU profile of every process that is measured
`;

/** @throws with a sentence for people when the arguments make no sense. */
export const parseOptions = (parameters: readonly string[], known: readonly Known[]): Options => {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: {
      log: { type: 'string', default: 'both' },
      pairs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      nodes: { type: 'string', default: '5000' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  return {
    names: positionals.flatMap((name) => named(name, known, values.all)),
    logs: logsOf(values.log),
    json: values.json,
    all: values.all,
    pairs: positive('--pairs', values.pairs),
    seconds: positive('--seconds', values.seconds),
    nodes: positive('--nodes', values.nodes),
    writeDocs: values['write-docs'],
    profileDirectory: values.profile,
  };
};

/** What can be asked for. */
export type Known = Pick<Bench, 'name' | 'group' | 'onRequest'>;

/** A path, all whose names begin with this and a hyphen, or all of a group but for those that have to be asked for by name. */
const named = (name: string, known: readonly Known[], all: boolean): readonly string[] => {
  const names = known.map((one) => one.name);
  if (names.includes(name)) return [name];
  const alike = names.filter((one) => one.startsWith(`${name}-`));
  const together = known.filter(({ group, onRequest }) => group === name && (all || onRequest !== true));
  const found = alike.length > 0 ? alike : together.map((one) => one.name);
  if (found.length === 0) throw new Error(`there is no path ${name}; there are ${names.join(', ')}`);
  return found;
};

const logsOf = (value: string): readonly LogKind[] => {
  if (value === 'both') return ['postgres', 'kafka'];
  if (value === 'postgres' || value === 'kafka') return [value];
  throw new Error(`--log is postgres, kafka or both, not ${value}`);
};

const positive = (name: string, value: string): number => {
  const parsed = Number(value);
  if (!(Number.isInteger(parsed) && parsed > 0)) throw new Error(`${name} is a whole number from 1, not ${value}`);
  return parsed;
};
