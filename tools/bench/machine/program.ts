/** A program of Plenum as it is really started: its own main file, settings from the environment, defaults for the rest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launched } from '../../launched.ts';
import type { Watched } from './usage.ts';

export type ProgramSettings = {
  /** What it is called in results. */
  readonly name: string;
  /** The folder below `apps`. */
  readonly app: string;
  /** All settings that are not the usual ones. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 as soon as it can be used. */
  readonly readyUrl: string;
  /** Where what it says is written. */
  readonly logDirectory: string;
  /** Where a CPU profile is written whenever it ends by itself; none otherwise. */
  readonly profileDirectory: string | undefined;
};

export type Program = {
  readonly name: string;
  watched(): Watched;
  /** SIGKILL. Settles when it is gone. */
  kill(): Promise<void>;
  /** The same command again. Does not wait until it is ready. */
  start(): void;
  /** Settles when it can be used. @throws when it ends, or takes too long. */
  ready(): Promise<void>;
  /** SIGTERM. Settles when it is gone; may be called twice. */
  stop(): Promise<void>;
};

const root = path.resolve(import.meta.dirname, '../../..');
const readyMsMax = 60_000;
const askEveryMs = 50;
const stopMsMax = 20_000;

/** Starts it. */
export const startProgram = (settings: ProgramSettings): Program => {
  const { name, readyUrl, logDirectory } = settings;
  mkdirSync(logDirectory, { recursive: true });
  const logFile = path.join(logDirectory, `${name}.log`);
  let child = spawnProgram(settings, logFile);
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    watched: () => {
      if (child.pid === undefined || isGone()) throw new Error(`${name} does not run; see ${logFile}`);
      return { name, pid: child.pid };
    },
    kill: async () => {
      if (isGone()) throw new Error(`${name} had ended before it was killed; see ${logFile}`);
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    start: () => {
      child = spawnProgram(settings, logFile);
    },
    ready: async () => {
      const giveUpMs = performance.now() + readyMsMax;
      while (!(await answersWell(readyUrl))) {
        if (isGone() || performance.now() > giveUpMs) throw new Error(`${name} did not become ready; see ${logFile}`);
        await sleep(askEveryMs);
      }
    },
    stop: async () => {
      if (isGone()) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      await once(child, 'exit');
      clearTimeout(late);
    },
  };
};

const spawnProgram = ({ name, app, environment, profileDirectory }: ProgramSettings, logFile: string): ChildProcess => {
  if (profileDirectory !== undefined) mkdirSync(profileDirectory, { recursive: true });
  const profiling =
    profileDirectory === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
  const main = path.join(root, 'apps', app, 'src', 'main.ts');
  // Straight into a file: nothing of ours has to read it meanwhile.
  const said = openSync(logFile, 'a');
  try {
    return spawn(process.execPath, [...process.execArgv, ...profiling, main], {
      env: { ...launched(), ...environment },
      stdio: ['ignore', said, said],
      // A group of its own: a Ctrl-C reaches us alone, and we end everything in its order.
      detached: true,
    });
  } finally {
    closeSync(said);
  }
};

const answersWell = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
