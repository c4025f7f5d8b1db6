/** Runs one test file in a process of its own, and says what became of it whatever that was. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Line } from './reporter.ts';

export type FileResult = {
  /** Relative to the root. */
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly error: string }[];
  readonly skips: readonly { readonly name: string; readonly reason: string }[];
  readonly tookMs: number;
  /** What its tests printed. */
  readonly output: string;
};

export type FileOptions = {
  readonly root: string;
  /** From the start of the process to its end. One that takes longer is killed with all it started, and has failed. */
  readonly timeoutMs: number;
  /** Ends the tests; what has not finished has failed. */
  readonly signal: AbortSignal;
};

const reporter = pathToFileURL(path.join(import.meta.dirname, 'reporter.ts')).href;

/** How long a process may take to put things away once it is asked to end. */
const graceMs = 5_000;

export const runFile = async (file: string, { root, timeoutMs, signal }: FileOptions): Promise<FileResult> => {
  const startedMs = performance.now();
  const directory = mkdtempSync(path.join(tmpdir(), 'plenum-test-'));
  const lines = path.join(directory, 'lines');
  try {
    const flags = [`--test-reporter=${reporter}`, `--test-reporter-destination=${lines}`];
    const { ending, output } = await runProcess([...process.execArgv, ...flags, file], { root, timeoutMs, signal });
    const results = existsSync(lines) ? readFileSync(lines, 'utf8') : '';
    const told = verdictOf(
      results.split('\n').filter((line) => line !== ''),
      ending,
    );
    return { file: path.relative(root, file), ...told, tookMs: performance.now() - startedMs, output };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const verdictOf = (lines: readonly string[], ending: string): Pick<FileResult, 'passed' | 'failures' | 'skips'> => {
  const told = lines.map((line) => JSON.parse(line) as Line); // Written by our own reporter a moment ago.
  const passed = told.filter(({ kind }) => kind === 'passed').length;
  const failures = told.filter((line) => line.kind === 'failed');
  const skips = told.filter((line) => line.kind === 'skipped');
  const whole = (error: string) => ({ passed, skips, failures: [...failures, { name: 'the file as a whole', error }] });
  if (!told.some(({ kind }) => kind === 'ended')) return whole(`${ending} before its tests had ended${during(told)}`);
  if (ending !== 'exited with 0' && failures.length === 0) return whole(`${ending} though no test failed`);
  if (ending.startsWith('was killed')) return whole(`${ending}: something keeps it alive after its tests`);
  if (passed + failures.length + skips.length === 0) return whole('has no tests');
  return { passed, failures, skips };
};

/** Which test had begun and not ended, with the suites around it: it took too long. */
const during = (told: readonly Line[]): string => {
  const begun: string[] = [];
  for (const line of told) {
    if (line.kind === 'began') begun.push(line.name);
    else if (line.kind === 'over' && begun.includes(line.name)) begun.splice(begun.lastIndexOf(line.name), 1);
  }
  return begun.length === 0 ? '' : `, during "${begun.join(' > ')}"`;
};

type Ran = { readonly ending: string; readonly output: string };

const runProcess = (parameters: readonly string[], { root, timeoutMs, signal }: FileOptions): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    // A group of its own, so that what it starts and leaves behind can be ended with it.
    const child = spawn(process.execPath, parameters, { cwd: root, stdio, detached: true });
    let output = '';
    let reason: string | undefined;
    const kill = (name: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    let forced: NodeJS.Timeout | undefined;
    const stop = (why: string): void => {
      reason ??= why;
      kill('SIGTERM');
      forced = setTimeout(kill, graceMs, 'SIGKILL');
    };
    const tooLong = setTimeout(stop, timeoutMs, `was killed after ${timeoutMs} ms`);
    const abort = (): void => stop('was killed because the run was stopped');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('exit', (code, name) => {
      clearTimeout(tooLong);
      clearTimeout(forced);
      signal.removeEventListener('abort', abort);
      kill('SIGKILL'); // What it left behind in its group.
      const ending = reason ?? (code === null ? `died of ${name}` : `exited with ${code}`);
      child.once('close', () => resolve({ ending, output }));
    });
  });
