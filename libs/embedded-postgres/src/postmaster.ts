/** One run of the server program, from its start until its process is gone. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { endProgram, type Logger } from '@plenum/runtime';
import { type Account, spawnAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { syncMethod } from './sync-method.ts';

export type Postmaster = {
  readonly pid: number;
  /** Settles when the process is gone, with how it went. Never rejects. */
  readonly exited: Promise<string>;
  /** The server's last log lines. */
  lastLines(): string;
  /** Asks for a fast shutdown (sessions are ended, data are flushed); after 30 s an immediate one. */
  stop(): Promise<void>;
  /** The same, without waiting: for the moment in which this process ends. */
  stopWithoutWaiting(): void;
};

export type PostmasterSettings = {
  readonly account: Account;
  readonly binaries: Binaries;
  readonly dataDirectory: string;
  readonly port: number;
  readonly flags: readonly string[];
  readonly logger: Logger;
};

/** The server did not come up. Carries its last log lines. */
export class ServerNotStarted extends Error {
  readonly lines: string;
  constructor(how: string, lines: string) {
    super(`PostgreSQL did not start (${how}). Its last lines:\n${lines}`);
    this.name = 'ServerNotStarted';
    this.lines = lines;
  }
}

const linesKept = 30;
const fastShutdownMs = 30_000;

/**
 * Settings on the command line win over every file and over ALTER SYSTEM, so nobody can switch durability off below
 * our feet. Later flags win over earlier ones.
 */
const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'logging_collector=off',
  'log_destination=stderr',
  'log_timezone=UTC',
  'timezone=UTC',
  'max_connections=100',
  'shared_buffers=128MB',
  'wal_compression=on',
  'max_wal_size=2GB',
  'checkpoint_completion_target=0.9',
  'fsync=on',
  'full_page_writes=on',
  'synchronous_commit=on',
  `recovery_init_sync_method=${syncMethod()}`,
];

const commandLine = ({ binaries, dataDirectory, port, flags }: PostmasterSettings): readonly string[] => [
  binaries.postgres,
  ...['-D', dataDirectory, '-p', String(port)],
  ...[...settings, ...flags].flatMap((setting) => ['-c', setting]),
];

/** @throws ServerNotStarted when the server ends before it takes connections. */
export const startPostmaster = async (asked: PostmasterSettings): Promise<Postmaster> => {
  // A process group of its own: a Ctrl-C in the terminal reaches us and not the server, which then stops last.
  const child = spawnAs(asked.account, commandLine(asked), { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const lines: string[] = [];
  const lastLines = (): string => lines.join('\n');
  const exited = exitOf(child);
  let starting = true;
  const ready = new Promise<void>((resolve) => {
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > linesKept) lines.shift();
      asked.logger.debug({ line }, 'postgres');
      if (starting && line.includes('ready to accept connections')) resolve();
    });
  });

  const failed = await Promise.race([ready, exited]);
  if (failed !== undefined || child.pid === undefined) throw new ServerNotStarted(failed ?? 'no process', lastLines());
  starting = false;
  letProcessEnd(child);
  return {
    pid: child.pid,
    exited,
    lastLines,
    stop: () => stop(child, exited),
    stopWithoutWaiting: () => void child.kill('SIGINT'),
  };
};

/** The server by itself is no reason for this process to go on. */
const letProcessEnd = (child: ChildProcess): void => {
  child.unref();
  // Child pipes are sockets, which can be let go of; their type says only Readable.
  if (child.stderr && 'unref' in child.stderr && typeof child.stderr.unref === 'function') child.stderr.unref();
};

const exitOf = async (child: ChildProcess): Promise<string> => {
  try {
    const [code, signal] = await once(child, 'exit');
    // Exit can overtake the last lines, and they say why. A backend that outlives its postmaster holds the pipe open.
    if (child.stderr) await Promise.race([finished(child.stderr).catch(() => undefined), delay(500)]);
    return signal === null ? `exit code ${code}` : `killed by ${signal}`;
  } catch (error) {
    return `could not run: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const stop = async (child: ChildProcess, exited: Promise<string>): Promise<void> => {
  child.ref();
  await endProgram(child, { exited, signal: 'SIGINT', insist: 'SIGQUIT', patienceMs: fastShutdownMs });
};
