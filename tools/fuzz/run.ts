/** `npm run fuzz`: see `--help`. The last line on standard output is JSON with `--json`; all else is on the other. */
import { runFuzz } from './fuzz.ts';
import { fifths } from './mqtt/heap-watch.ts';
import { readOptions, UsageError, usage } from './options.ts';
import { keepRegression } from './regressions.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  tell(`fuzz: ${options.inputs} inputs with seed ${options.seed}: ${options.only.join(', ')}`);
  const report = await runFuzz(options, {
    tell,
    keep: (failure) => tell(`kept as tools/fuzz/regressions/${keepRegression(failure)}`),
    stop: stop.signal,
  });
  const { inputs, seconds, memory_mib, memory_mib_limit, heap, failures, problems } = report;
  const total = Object.values(inputs).reduce((a, b) => a + b, 0);
  tell(`${total} inputs in ${seconds} s, ${failures.length} found something`);
  tell(
    `memory at most, in MiB (limit of each program ${memory_mib_limit}; fuzz is this process): ${JSON.stringify(memory_mib)}`,
  );
  if (heap.length >= 5) {
    const [second, last] = fifths(heap).map((bytes) => (bytes / 2 ** 20).toFixed(2));
    tell(`heap in use after collections, in MiB: ${second} in the second fifth, ${last} in the last`);
  }
  for (const problem of problems) tell(`FAIL ${problem}`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...report, failures: failures.length })}\n`);
  return failures.length === 0 && problems.length === 0 && total >= options.inputs ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 64 : 1;
  process.stderr.write(`${error instanceof UsageError ? error.message : (error as Error).stack}\n`);
}
