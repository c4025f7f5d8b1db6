/** A program of a pipeline: a process that is started, watched and killed, and writes what it says to a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Watched } from '../machine/usage.ts';

export type ProgramSettings = {
  readonly name: string;
  /** The program, and what follows it on the command line. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what it says. */
  readonly directory: string;
};

export type Program = {
  readonly watched: Watched;
  /** Rejects when it ends by itself, with the last of what it said. */
  readonly ended: Promise<never>;
  /** SIGKILL. Settles when it is gone. */
  kill(): Promise<void>;
};

export const startProgram = ({ name, command, environment, directory }: ProgramSettings): Program => {
  const [file = '', ...parameters] = command;
  mkdirSync(directory, { recursive: true });
  const said = path.join(directory, `${name}.log`);
  const output = openSync(said, 'w');
  const child = spawn(file, parameters, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
    stdio: ['ignore', output, output],
  });
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${file}`);
  let killed = false;
  const exited = exitOf(child);
  const ended = exited.then((how): Promise<never> => {
    if (killed) return new Promise(() => undefined);
    throw new Error(`${name} ended with ${how}:\n${readFileSync(said, 'utf8').slice(-2_000)}`);
  });
  ended.catch(() => undefined); // A caller that waits for it hears of it.
  return {
    watched: { name, pid: child.pid },
    ended,
    kill: async () => {
      killed = true;
      child.kill('SIGKILL');
      await exited;
    },
  };
};

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(String(signal ?? code)));
  });
