/** `npm run rebuild`: how late the tables that queries see become while they are built again. See `--help`. */
import { parseArgs } from 'node:util';
import { measureRebuild } from './rebuild.ts';

const usage = `
npm run rebuild -- [--log postgres|kafka] [--rate 1000] [--readings 1000000] [--json]

Runs a whole Plenum in processes of its own under steady load over a log with readings in it, runs \`replay rebuild
readings\`, and asks the API 20 times a second meanwhile. Exit code 1 when a request fails, an answer is older than
a second, or the tables are not the fold of the log afterwards.
`;

const ageSecondsMax = 1;

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      log: { type: 'string', default: 'postgres' },
      rate: { type: 'string', default: '1000' },
      readings: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { log } = values;
  const [ratePerSecond, readings] = [Number(values.rate), Number(values.readings)];
  if ((log !== 'postgres' && log !== 'kafka') || !(ratePerSecond > 0) || !(readings > 0)) {
    tell('--log is postgres or kafka, --rate and --readings are numbers; see --help');
    return 64;
  }
  const asked = { log, ratePerSecond, readings } as const;
  const seen = await measureRebuild(asked, tell);
  tell(`${seen.records} records built again in ${seen.seconds} s`);
  tell(
    `Plenum-Age: ${seen.ageSecondsMax} s at most, ${seen.ageSecondsP99} s for 99 of 100 (before: ${seen.ageSecondsMaxBefore} s)`,
  );
  tell(`${seen.failed} of ${seen.answers} requests failed`);
  for (const problem of seen.problems) tell(`FAIL ${problem}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...asked, ...seen })}\n`);
  return seen.failed === 0 && seen.problems.length === 0 && seen.ageSecondsMax <= ageSecondsMax ? 0 : 1;
};

process.exitCode = await main();
