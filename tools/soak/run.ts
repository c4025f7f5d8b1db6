/** `npm run soak`: steady load for long, and whether anything grows that should not. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drawSeries } from './draw.ts';
import { bounds, trendOf } from './series.ts';
import { soak } from './soak.ts';

const usage = `
npm run soak -- [--minutes 10] [--rate 500] [--nodes 100] [--seed 1] [--json]

Runs a whole Plenum in processes of its own under steady load, looks at memory, open files, the event loop, lag and
disk, prints how each changes over the second half, and draws them below .cache/soak. Exit code 1 when a process
holds more than ${bounds.memoryMibMax} MiB, its memory right after collections grows by more than ${bounds.memoryGrowthMax * 100} % or its open
files by more than ${bounds.handleGrowthMax} over the second half, or the read models fall more than ${bounds.lagSecondsMax} s of load behind.
`;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '500' },
      nodes: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [minutes, ratePerSecond, nodes, seed] = [values.minutes, values.rate, values.nodes, values.seed].map(Number);
  if (!((minutes ?? 0) > 0 && (ratePerSecond ?? 0) >= 1 && (nodes ?? 0) >= 1 && Number.isInteger(seed))) {
    tell('--minutes, --rate, --nodes and --seed are numbers; see --help');
    return 64;
  }
  const asked = { minutes: minutes ?? 0, ratePerSecond: ratePerSecond ?? 0, nodes: nodes ?? 0, seed: seed ?? 0 };
  const { series, problems, acknowledged, lost, verified } = await soak(asked, { tell, stop: stop.signal });
  const trends = series.map(trendOf);
  for (const { measure, of, last, highest, perHour } of trends) {
    const [now, most, hourly] = [last, highest, perHour].map((size) => size.toFixed(1).padStart(9));
    tell(`${measure.padEnd(8)} ${of.padEnd(12)} now ${now}  most ${most}  per hour ${hourly}`);
  }
  const file = path.join(import.meta.dirname, '../../.cache/soak/soak.svg');
  mkdirSync(path.dirname(file), { recursive: true });
  const title = `Soak: ${asked.minutes} min at ${asked.ratePerSecond} messages a second, ${acknowledged} acknowledged`;
  writeFileSync(file, drawSeries(title, series));
  tell(`drawn in ${path.relative(process.cwd(), file)}`);
  for (const problem of problems) tell(`FAIL ${problem}`);
  const results = { ...asked, acknowledged, lost, verified, bounds, trends, problems };
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  return problems.length === 0 && !stop.signal.aborted ? 0 : 1;
};

process.exitCode = await main();
