/**
 * `npm test`: the static gates, then every test of the tree. With paths (files, folders or globs), only the tests
 * there. The last line is `N passed, N failed`, and `, N skipped` when some were. With `CI=true` a skip is a failure.
 */
import { existsSync, globSync, statSync } from 'node:fs';
import path from 'node:path';
import { report, runGates } from '../check/gate.ts';
import { gates } from '../check/gates.ts';
import { globalSetup, globalTeardown } from './global-setup.ts';
import { type FileResult, runFile } from './run-file.ts';
import { describeFile, describeSkips } from './tell.ts';

const root = path.resolve(import.meta.dirname, '../..');
const everywhere = ['libs/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'];

/** Longer than a file takes though several of its suites reach their own limits, which end what hangs by its name. */
const fileTimeoutMs = Number(process.env.TEST_TIMEOUT_MS ?? 1_200_000);

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const filesOf = (place: string): readonly string[] => {
  const absolute = path.resolve(root, place);
  const pattern = existsSync(absolute) && statSync(absolute).isDirectory() ? `${absolute}/**/*.test.ts` : absolute;
  return globSync(pattern, { exclude: ['**/node_modules/**'] });
};

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const main = async (places: readonly string[]): Promise<void> => {
  const verdicts = places.length > 0 ? [] : await runGates(gates, root);
  for (const verdict of verdicts) say(report(verdict));

  const files = [...new Set((places.length > 0 ? places : everywhere).flatMap(filesOf))].toSorted();
  const results = files.length === 0 ? [] : await withGlobalSetup(() => runAll(files));
  if (files.length === 0) say('FAIL there are no tests here');

  const skips = describeSkips(results);
  if (skips !== '') say(`\n${skips}`);
  const strict = process.env.CI === 'true';
  const skipped = sum(results, ({ skips: { length } }) => length);
  const passed = verdicts.filter((verdict) => verdict.passed).length + sum(results, (result) => result.passed);
  const failed =
    verdicts.filter((verdict) => !verdict.passed).length +
    sum(results, ({ failures }) => failures.length) +
    (strict ? skipped : 0) +
    (files.length === 0 ? 1 : 0);
  const left = skipped > 0 && !strict ? `, ${skipped} skipped` : '';
  say(`\n${passed} passed, ${failed} failed${left}`);
  process.exitCode = failed > 0 || passed === 0 || stop.signal.aborted ? 1 : 0;
};

/** Two files at a time, so that a slow one does not hold up the quick ones. */
const runAll = async (files: readonly string[]): Promise<readonly FileResult[]> => {
  const results: FileResult[] = [];
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file, { root, timeoutMs: fileTimeoutMs, signal: stop.signal });
      results.push(result);
      say(describeFile(result));
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
};

/** Starts what several files need around `work`, and stops it whatever happens. */
const withGlobalSetup = async <T>(work: () => Promise<T>): Promise<T> => {
  await globalSetup();
  try {
    return await work();
  } finally {
    await globalTeardown();
  }
};

const sum = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((total, each) => total + of(each), 0);

await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`FAIL ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n0 passed, 1 failed`);
  process.exitCode = 1;
});
