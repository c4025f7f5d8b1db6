/**
 * `npm run bench`: every path as a ratio to the bare component it stands on, both sides in turn in one run on one
 * machine. Exits 1 when a path misses what it must reach, or when a run came to no result.
 */
import path from 'node:path';
import type { Bench, Result, RunSettings } from './bench.ts';
import { benches } from './benches.ts';
import { Missing } from './missing.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { measureLimits, measureRatio } from './pairs.ts';
import { describeResult } from './tell.ts';
import { newWorld, type World } from './world.ts';
import { writeDocs } from './write-docs.ts';

const root = path.resolve(import.meta.dirname, '../..');

const main = async (options: Options): Promise<readonly Result[]> => {
  const tell = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
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
        for (const result of await measureOrSkip(world, bench, { log, ...options })) {
          results.push(result);
          tell(describeResult(result));
          if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
        }
      }
    }
  } finally {
    await world.close();
  }
  return results;
};

/** Left out, and said so, where what it needs is missing. That is no success: the exit code says so too. */
const measureOrSkip: typeof measure = async (world, bench, settings) => {
  try {
    return await measure(world, bench, settings);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    process.exitCode = 1;
    process.stderr.write(`${bench.name} (${settings.log}): NOT MEASURED: ${error.message}\n`);
    return [];
  }
};

const measure = async (world: World, bench: Bench, settings: RunSettings): Promise<readonly Result[]> =>
  bench.kind === 'ratio'
    ? measureRatio(world, bench, { ...settings, pairs: Math.max(settings.pairs, bench.pairsAtLeast ?? 1) })
    : measureLimits(world, bench, settings);

const chosen = ({ names, all }: Options): readonly Bench[] =>
  names.length > 0
    ? benches.filter(({ name }) => names.includes(name))
    : benches.filter(({ onRequest }) => all || onRequest !== true);

try {
  const options = parseOptions(
    process.argv.slice(2),
    benches.map(({ name }) => name),
  );
  const results = await main(options);
  if (options.writeDocs) writeDocs(path.join(root, 'docs', 'performance.md'), results);
  if (results.length === 0 || results.some(({ met }) => !met)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n${usage}`);
  process.exitCode = 1;
}
