/** `npm run chaos:move`: devices move from one bridge to the other. See `--help`. */
import { parseArgs } from 'node:util';
import { runMoves } from './run-moves.ts';

const usage = `
npm run chaos:move -- [--devices 1000] [--log postgres|kafka] [--json]

Connects devices with kept sessions to one of two bridges, lets commands wait for them, kills the bridge while they send, and
lets all of them come to the other one; then back, with a bridge that is stopped in order. Exit code 1 when a command is lost or
comes twice with QoS 2, a session is not there, or a reading is not one event.
`;

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '1000' },
      log: { type: 'string', default: 'postgres' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { log } = values;
  const devices = Number(values.devices);
  if ((log !== 'postgres' && log !== 'kafka') || !(Number.isInteger(devices) && devices > 0)) {
    tell('--log is postgres or kafka, --devices is a whole number; see --help');
    return 64;
  }
  const moves = await runMoves({ devices, log }, tell);
  const problems = moves.flatMap((one) => one.problems);
  for (const problem of problems) tell(`FAIL ${problem}`);
  if (values.json) process.stdout.write(`${JSON.stringify(moves)}\n`);
  return problems.length === 0 ? 0 : 1;
};

process.exitCode = await main();
