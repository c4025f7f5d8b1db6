/** For those that run a program of somebody else on this machine: a server for a demonstration, for tests, embedded. */
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { pause } from './pause.ts';

/** Ports of 127.0.0.1 that nobody listens on, all different. Somebody may take one before it is used: try again then. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(closed));
  return ports;
};

export const freePort = async (): Promise<number> => portOrFree(0);

/** The port, if nobody listens on it, else any that is free. */
export const portOrFree = async (wanted: number): Promise<number> => {
  const server = await listen(wanted).catch(() => listen(0));
  const port = portOf(server);
  await closed(server);
  return port;
};

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port');
  return address.port;
};

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
