/** For those that run a program of somebody else on this machine: a server for a demonstration, for tests, embedded. */
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { pause } from './pause.ts';

/**
 * Ports of 127.0.0.1 that nobody listens on, all different. None is of those that a system gives to callers for whom any
 * port will do: it would often have an owner by the time that a program listens there, or starts again there. A process
 * gives none twice, unless it has given thousands. Somebody may still take one: try again then.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(firstQuiet, firstGiven);
    if (given.has(port)) continue;
    if (given.size > 10_000) given.clear();
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
};

const given = new Set<number>();

/** Linux gives those from 32768 on, others from 49152 on (RFC 6335, 6). */
const [firstQuiet, firstGiven] = [10_000, 32_768];

export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};

/** The port, if nobody listens on it, else any that is free. */
export const portOrFree = async (wanted: number): Promise<number> => ((await isFree(wanted)) ? wanted : freePort());

const isFree = async (port: number): Promise<boolean> => {
  try {
    await closed(await listen(port));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && notOurs.has(String(error.code))) return false;
    throw error;
  }
};

const notOurs = new Set(['EADDRINUSE', 'EACCES']);

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

export type Ending = {
  readonly exited: Promise<unknown>;
  /** Asks it to end. */
  readonly signal: NodeJS.Signals;
  /** Sent when it has not ended by then. */
  readonly insist: NodeJS.Signals;
  readonly patienceMs: number;
};

/** Settles when the program has ended, gently if it can. One that is frozen is woken, for it would not hear of it. */
export const endProgram = async (
  child: ChildProcess,
  { exited, signal, insist, patienceMs }: Ending,
): Promise<void> => {
  child.kill(signal);
  child.kill('SIGCONT');
  const ended = new AbortController();
  const ending = exited.finally(() => ended.abort());
  await pause(patienceMs, ended.signal);
  if (!ended.signal.aborted) child.kill(insist);
  await ending;
};
