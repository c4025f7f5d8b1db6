/** One Java process: started in a group of its own, and never left running by accident. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { endProgram } from '@plenum/runtime';
import { frozen } from './frozen.ts';
import { removePidFile, writePidFile } from './pid-file.ts';

export type JvmSettings = {
  readonly java: string;
  /** Everything after the program's name. One of them has to name `directory`: that is how it is recognised later. */
  readonly args: readonly string[];
  readonly directory: string;
  /** `with us`: it ends when this process does, however that ends. `stays`: it goes on. */
  readonly life: 'with us' | 'stays';
};

export type Jvm = {
  readonly pid: number;
  /** Settles when the process is gone, with how it went. Never rejects. */
  readonly exited: Promise<string>;
  /** SIGSTOP: it keeps its connections and says nothing. Settles when it has stopped. */
  freeze(): Promise<void>;
  /** SIGCONT. */
  wake(): void;
  /** Asks it to end, and after a while makes it. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
};

/** A small, quick-starting JVM: nothing here is a benchmark of the broker. */
export const jvmFlags: readonly string[] = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  '-Djava.net.preferIPv4Stack=true',
];

/** The last two of three brokers have no quorum left to take leave of, and would wait for minutes. */
const patienceMs = 5_000;

export const logFileIn = (directory: string): string => path.join(directory, 'output.log');

/** Runs a Java program to its end. @throws with what it printed when it fails. */
export const runJava = async (java: string, args: readonly string[]): Promise<void> => {
  await promisify(execFile)(java, [...args]).catch((cause: unknown) => {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new Error(`a Java program failed: ${output.slice(-2_000)}`, { cause });
  });
};

export const startJvm = async ({ java, args, directory, life }: JvmSettings): Promise<Jvm> => {
  await mkdir(directory, { recursive: true });
  const log = await open(logFileIn(directory), 'w');
  try {
    const child = spawn(java, [...args], { cwd: directory, detached: true, stdio: ['ignore', log.fd, log.fd] });
    const exited = exitOf(child);
    if (child.pid === undefined) throw new Error(`${java} could not be started: ${await exited}`);
    const { pid } = child;
    child.unref();
    await writePidFile(directory, { pid, ...(life === 'with us' && { supervisor: process.pid }) });
    const guard = life === 'with us' ? followUs(pid) : undefined;
    const gone = exited.then(async (how) => {
      guard?.kill('SIGKILL');
      await removePidFile(directory);
      return how;
    });
    return {
      pid,
      exited: gone,
      async freeze() {
        child.kill('SIGSTOP');
        await frozen(pid);
      },
      wake: () => void child.kill('SIGCONT'),
      stop: () => stop(child, gone),
      async kill() {
        child.ref();
        child.kill('SIGKILL');
        await gone;
      },
    };
  } finally {
    await log.close();
  }
};

/** The last lines a program wrote. */
export const lastLines = async (directory: string): Promise<string> => {
  const text = await readFile(logFileIn(directory), 'utf8').catch(() => '');
  return text.split('\n').slice(-30).join('\n');
};

/**
 * A shell that waits for the pipe from us to close, which the kernel does when we die, `kill -9` included, and then
 * ends the program. Node has no such thing, and a Java program does not notice.
 */
const followUs = (pid: number): ChildProcess => {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$0"', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.unref();
  // A pipe to a child is a socket, which can be let go of; its type says only Writable.
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard;
};

const exitOf = async (child: ChildProcess): Promise<string> => {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `exit code ${code}` : `killed by ${signal}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const stop = async (child: ChildProcess, exited: Promise<string>): Promise<void> => {
  child.ref();
  await endProgram(child, { exited, signal: 'SIGTERM', insist: 'SIGKILL', patienceMs });
};
