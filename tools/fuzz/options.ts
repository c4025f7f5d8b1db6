/** What `npm run fuzz` is asked for. */
import { parseArgs } from 'node:util';

export const targets = ['decoders', 'mqtt', 'usable', 'listener', 'http'] as const;
/** Those, and what is only done when it is named. */
const named = [...targets, 'mosquitto'] as const;
export type TargetName = (typeof named)[number];

export type FuzzOptions = {
  readonly inputs: number;
  readonly seed: number;
  readonly only: readonly TargetName[];
  /** Whether messages come to the bridge itself, or by a Mosquitto. */
  readonly mqtt: 'listen' | 'connect';
  readonly json: boolean;
};

/** The question cannot be understood; the message says why. */
export class UsageError extends Error {}

export const usage = `
npm run fuzz -- [--inputs 100000] [--seed N] [--only decoders,mqtt,usable,listener,http] [--mqtt listen|connect]
             [--json]
npm run fuzz -- --only mosquitto [--inputs 4000] [--seed N]

Sends strange inputs: bytes to what takes bytes apart, packets of clients that behave, misbehave and vanish to the MQTT server in
this process ("mqtt", some ten thousand a second), messages that are odd but good and MQTT that is neither to a running
bridge, HTTP to a running API. With --mqtt connect the bridge is behind a Mosquitto; the target "listener" is left out then, for
it would only try out Mosquitto. "mosquitto" sends the same strange packets to the listener and to a Mosquitto: what Mosquitto
refuses must not be taken.

Exit code 1 when something crashed, was acknowledged and is not usable, answered with an error of its own, held too much
memory, or did not add up; what did it is kept as a file below tools/fuzz/regressions, which a test replays from then on.
`;

/** @throws {UsageError} */
export const readOptions = (given: readonly string[]): FuzzOptions | 'help' => {
  const { values } = parse(given);
  if (values.help) return 'help';
  const mqtt = modeNamed(values.mqtt);
  return {
    inputs: whole('inputs', values.inputs),
    seed: whole('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000))),
    only: chosen(values.only, mqtt),
    mqtt,
    json: values.json,
  };
};

const parse = (given: readonly string[]) => {
  try {
    return parseArgs({
      args: [...given],
      options: {
        inputs: { type: 'string', default: '100000' },
        seed: { type: 'string' },
        only: { type: 'string' },
        mqtt: { type: 'string', default: 'listen' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const targetNamed = (name: string): TargetName => {
  const found = named.find((target) => target === name);
  if (found === undefined) throw new UsageError(`there is no target "${name}"; there are ${named.join(', ')}`);
  return found;
};

const chosen = (written: string | undefined, mqtt: FuzzOptions['mqtt']): readonly TargetName[] => {
  if (written === undefined) return mqtt === 'connect' ? targets.filter((name) => name !== 'listener') : targets;
  const asked = written.split(',').map(targetNamed);
  if (mqtt === 'connect' && asked.includes('listener')) {
    throw new UsageError('the target "listener" is for --mqtt listen: behind a Mosquitto it would try out that');
  }
  return asked;
};

const modeNamed = (name: string): FuzzOptions['mqtt'] => {
  if (name === 'listen' || name === 'connect') return name;
  throw new UsageError(`--mqtt is "${name}", and has to be listen or connect`);
};

const whole = (name: string, written: string): number => {
  const value = Number(written);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new UsageError(`--${name} is "${written}", and has to be a whole number`);
};
