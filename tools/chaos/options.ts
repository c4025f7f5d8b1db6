/** What `npm run chaos` is asked for. */
import { parseArgs } from 'node:util';
import type { Fault } from './faults/fault.ts';

export type ChaosOptions = {
  readonly rounds: number;
  readonly seed: number;
  /** The first round; to have one round of a longer run again. */
  readonly first: number;
  readonly log: 'postgres' | 'kafka';
  readonly mqtt: 'listen' | 'connect';
  /** Where exporters keep files. */
  readonly files: 'folder' | 's3';
  readonly ratePerSecond: number;
  readonly nodes: number;
  /** The server is this machine's own PostgreSQL with PostGIS, and not npm's. */
  readonly postgis: boolean;
  /** Only these kinds; empty for all. */
  readonly only: readonly string[];
  readonly json: boolean;
};

/** The question cannot be understood; the message says why. */
export class UsageError extends Error {}

export const usage = (faults: readonly Fault[]): string => `
npm run chaos -- [--rounds 20] [--seed N] [--first 1] [--rate 200] [--nodes 40] [--log postgres|kafka] [--mqtt listen|connect]
                 [--files folder|s3] [--postgis] [--only KIND,KIND] [--json]

Runs a whole Plenum in processes of its own under load, lets one thing go wrong in every round, and holds what devices
were promised against the log and the tables. Exit code 1 when anything was lost, shown twice, or slow to come back.

${faults.map(({ kind, about }) => `  ${kind.padEnd(20)} ${about}`).join('\n')}
`;

/** @throws {UsageError} */
export const readOptions = (given: readonly string[], faults: readonly Fault[]): ChaosOptions | 'help' => {
  const { values } = parse(given);
  if (values.help) return 'help';
  const only = values.only?.split(',').filter((kind) => kind !== '') ?? [];
  for (const kind of only) {
    if (!faults.some((fault) => fault.kind === kind)) throw new UsageError(`there is no kind "${kind}"; see --help`);
  }
  if (values.log !== 'postgres' && values.log !== 'kafka') {
    throw new UsageError(`--log is "${values.log}"; it can be postgres or kafka`);
  }
  if (values.mqtt !== 'listen' && values.mqtt !== 'connect') {
    throw new UsageError(`--mqtt is "${values.mqtt}"; it can be listen or connect`);
  }
  if (values.files !== 'folder' && values.files !== 's3') {
    throw new UsageError(`--files is "${values.files}"; it can be folder or s3`);
  }
  return {
    rounds: whole('rounds', values.rounds, 1),
    seed: whole('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000)), 0),
    first: whole('first', values.first, 1),
    log: values.log,
    mqtt: values.mqtt,
    files: values.files,
    ratePerSecond: whole('rate', values.rate, 1),
    nodes: whole('nodes', values.nodes, 1),
    postgis: values.postgis,
    only,
    json: values.json,
  };
};

const parse = (given: readonly string[]) => {
  try {
    return parseArgs({
      args: [...given],
      options: {
        rounds: { type: 'string', default: '20' },
        seed: { type: 'string' },
        first: { type: 'string', default: '1' },
        log: { type: 'string', default: 'postgres' },
        mqtt: { type: 'string', default: 'listen' },
        files: { type: 'string', default: 'folder' },
        rate: { type: 'string', default: '200' },
        nodes: { type: 'string', default: '40' },
        postgis: { type: 'boolean', default: false },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const whole = (name: string, written: string, least: number): number => {
  const value = Number(written);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${name} is "${written}", and has to be a whole number from ${least} on`);
};
