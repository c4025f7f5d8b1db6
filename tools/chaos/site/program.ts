/** A program of ours as an init system runs it: started again whenever it ends, until it is asked to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProgram } from '@plenum/runtime';
import { launched } from '../../launched.ts';

export type ProgramSettings = {
  readonly name: string;
  /** The program, and what follows it on the command line. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what the program says, and its process id for the process that has to clear up. */
  readonly directory: string;
  /** Called with every line of JSON that the program logs. */
  readonly heard?: (line: LogLine) => void;
};

export type LogLine = { readonly msg: string } & Readonly<Record<string, unknown>>;

export type Program = {
  readonly name: string;
  /** `undefined` between an end and the next start. */
  pid(): number | undefined;
  /** Ends by which nobody here meant anything: a crash, or giving up. */
  ownEnds(): readonly string[];
  /** SIGKILL; it is started again. */
  kill(): void;
  /** SIGTERM: it ends in order, and is started again. */
  restart(): void;
  freeze(): void;
  wake(): void;
  /** SIGTERM, and no new start. Settles with the exit code; `undefined` when it had to be killed. */
  stop(): Promise<number | undefined>;
};

/** As systemd's `RestartSec` has it unless set otherwise. */
const restartAfterMs = 100;
const stopPatienceMs = 30_000;

export const runProgram = (settings: ProgramSettings): Program => {
  const { name, directory } = settings;
  const said = createWriteStream(path.join(directory, `${name}.log`), { flags: 'a' });
  const ownEnds: string[] = [];
  let lastWords = '';
  const stopping = new AbortController();
  let current: ChildProcess | undefined;
  let killed = false;
  let lastCode: number | undefined;

  const keepUp = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      killed = false;
      current = start(settings, said, (line) => {
        lastWords = line;
      });
      const [code, signal] = await ended(current);
      current = undefined;
      lastCode = code ?? undefined;
      if (stopping.signal.aborted) break;
      if (!killed) ownEnds.push(signal ?? `exit code ${code}, after ${lastWords}`);
      await sleep(restartAfterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    said.end();
    await finished(said);
  };
  const running = keepUp();
  return {
    name,
    pid: () => current?.pid,
    ownEnds: () => ownEnds,
    kill: () => {
      killed = true;
      current?.kill('SIGKILL');
    },
    restart: () => {
      killed = true;
      current?.kill('SIGTERM');
    },
    freeze: () => void current?.kill('SIGSTOP'),
    wake: () => void current?.kill('SIGCONT'),
    stop: async () => {
      stopping.abort();
      const ending = { exited: running, signal: 'SIGTERM', insist: 'SIGKILL', patienceMs: stopPatienceMs } as const;
      if (current) await endProgram(current, ending);
      await running;
      return lastCode;
    },
  };
};

const start = (
  { name, command, environment, directory, heard }: ProgramSettings,
  said: NodeJS.WritableStream,
  spoke: (line: string) => void,
): ChildProcess => {
  const [file = '', ...parameters] = command;
  const child = spawn(file, parameters, {
    env: { ...launched(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a Ctrl-C reaches us alone, and we end everything in its order.
    detached: true,
  });
  writeFileSync(path.join(directory, `${name}.pid`), `${child.pid}\n`);
  child.stderr?.on('data', (bytes: Buffer) => said.write(bytes));
  if (child.stdout === null) return child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.write(`${line}\n`);
    spoke(line);
    if (heard === undefined || !line.startsWith('{')) return;
    try {
      heard(JSON.parse(line) as LogLine); // What our loggers write has a `msg`.
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // The last line of a killed process may be cut off.
    }
  });
  return child;
};

const ended = (child: ChildProcess): Promise<readonly [number | null, NodeJS.Signals | null]> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve([code, signal]));
  });
