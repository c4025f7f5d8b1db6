/**
 * `npm run bench`: every path as a ratio to the bare component it stands on, both sides in turn in one run on one
 * machine. Exits 1 when a path misses what it must reach, or when a run came to no result.
 */
import path from 'node:path';
import type { LimitBench, RatioBench, Result, RunSettings, Table, TableBench } from './bench.ts';
import { benches } from './benches.ts';
import { Missing } from './missing.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { measureLimits, measureRatio } from './pairs.ts';
import { describeResult } from './tell.ts';
import { newWorld, type World } from './world.ts';
import { writeDocs, writeTable } from './write-docs.ts';

const root = path.resolve(import.meta.dirname, '../..');

const page = path.join(root, 'docs', 'performance.md');

type Bench = (typeof benches)[number];

const main = async (options: Options): Promise<readonly Result[]> => {
  const tell = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const show = (line: object): void => void (options.json && process.stdout.write(`${JSON.stringify(line)}\n`));
  const world = newWorld({ root, profileDirectory: options.profileDirectory, tell });
  // A user who stops it half-way must not find a database and a broker running afterwards.
  const stopped = (): void => {
    void world.close().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopped);
  const results: Result[] = [];
  try {
    for (const bench of chosen(options)) {
      for (const log of options.logs.filter((one) => bench.logs.includes(one))) {
        tell(`${bench.name} on ${log}: ${bench.about}`);
        const settings = { log, ...options };
        if (bench.kind === 'table') {
          const table = await orSkip(bench, log, () => tableOf(world, bench, settings));
          for (const line of table?.lines ?? []) show(line);
          if (table !== undefined) tell(table.text);
          if (table !== undefined && options.writeDocs) writeTable(page, bench.name, table.text);
          continue;
        }
        for (const result of (await orSkip(bench, log, () => measure(world, bench, settings))) ?? []) {
          results.push(result);
          tell(describeResult(result));
          show(result);
        }
      }
    }
  } finally {
    await world.close();
  }
  return results;
};

/** Left out, and said so, where what it needs is missing. That is no success: the exit code says so too. */
const orSkip = async <T>(bench: Bench, log: string, measuring: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await measuring();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    notMeasured(`${bench.name} (${log})`, error.message);
    return undefined;
  }
};

const notMeasured = (what: string, why: string): void => {
  process.exitCode = 1;
  process.stderr.write(`${what}: NOT MEASURED: ${why}\n`);
};

const measure = (world: World, bench: RatioBench | LimitBench, settings: RunSettings): Promise<readonly Result[]> =>
  bench.kind === 'ratio'
    ? measureRatio(world, bench, { ...settings, pairs: Math.max(settings.pairs, bench.pairsAtLeast ?? 1) })
    : measureLimits(world, bench, settings);

const tableOf = async (world: World, bench: TableBench, settings: RunSettings): Promise<Table> => {
  const table = await bench.measure(world, settings);
  for (const why of table.missing) notMeasured(bench.name, why);
  return table;
};

const chosen = ({ names, all }: Options): readonly Bench[] =>
  names.length > 0
    ? benches.filter(({ name }) => names.includes(name))
    : benches.filter(({ onRequest }) => all || onRequest !== true);

try {
  const options = parseOptions(process.argv.slice(2), benches);
  const results = await main(options);
  if (options.writeDocs) writeDocs(page, results);
  if (results.some(({ met }) => !met)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n${usage}`);
  process.exitCode = 1;
}
