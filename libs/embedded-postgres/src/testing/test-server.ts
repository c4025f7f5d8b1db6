/**
 * PostgreSQL servers for tests. Each lives in a directory of its own below `.cache/test-postgres` in the clone. The
 * directory's lock, which the kernel gives back when its holder dies, says whether it is free, so nothing is shared
 * between processes, and what a killed run left is cleared away by the next process.
 */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { silentLogger } from '@plenum/runtime/testing';
import pg from 'pg';
import type { Binaries } from '../binaries.ts';
import { isTaken } from '../left-behind.ts';
import { removeEmbedded } from '../remove-embedded.ts';
import { DirectoryInUse, type EmbeddedServer, type EmbeddedSettings, startEmbedded } from '../start-embedded.ts';
import { endWithOwner } from './end-with-owner.ts';

const cache = path.join(import.meta.dirname, '../../../../.cache/test-postgres');

export { silentLogger } from '@plenum/runtime/testing';

const settings = { sync: false, port: 0, logger: silentLogger } as const;

/** Survives `kill -9` of every process, not of the machine, and saves half of every commit. */
const flags = ['fsync=off', 'full_page_writes=off', 'max_connections=200'];

/**
 * The server of a whole run. `testDatabase` starts one by itself in a process that was given none, so only the global
 * set-up calls this. The cluster in its slot is kept for the next run, which then starts in a fraction of a second.
 * Other programs have slots of their own.
 */
export const startRunServer = async (binaries?: Binaries): Promise<EmbeddedServer> => {
  await sweep();
  const name = binaries === undefined ? 'slot' : 'system-slot';
  for (let slot = 0; slot < 64; slot += 1) {
    const dataDir = path.join(cache, `${name}-${slot}`);
    const server = await startInSlot(dataDir, binaries);
    if (server === undefined) continue;
    endWithOwner(server);
    await dropLeftDatabases(server.url);
    return server;
  }
  throw new Error(`Every slot below ${cache} is in use`);
};

/** `undefined` when the slot is in use. */
const startInSlot = async (dataDir: string, binaries?: Binaries): Promise<EmbeddedServer | undefined> => {
  const start = (): Promise<EmbeddedServer> =>
    startEmbedded({ ...settings, dataDir, flags, ...(binaries && { binaries }) });
  try {
    return await start();
  } catch (error) {
    if (error instanceof DirectoryInUse) return undefined;
    // Another PostgreSQL version made it, or the machine was cut off: worth nothing, so made anew.
    await removeEmbedded(dataDir, silentLogger);
    return start();
  }
};

/** Those of tests that were killed. */
const dropLeftDatabases = async (url: string): Promise<void> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(`select datname from pg_database where datname like 'test\\_%'`);
    for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
  } finally {
    await client.end();
  }
};

/**
 * A server of this test alone, for tests that kill it or change its settings; durable (`fsync=on`) unless its flags
 * say otherwise. Stopped and removed after the test.
 *
 *     const server = await testServer(t);
 *     process.kill(server.pid() ?? 0, 'SIGKILL');
 */
export const testServer = async (
  t: TestContext,
  more: Partial<EmbeddedSettings> = {},
): Promise<EmbeddedServer & { readonly dataDir: string }> => {
  const dataDir = more.dataDir ?? testDirectory(t);
  const server = await startEmbedded({ ...settings, ...more, dataDir });
  endWithOwner(server);
  t.after(() => server.stop());
  return { ...server, dataDir };
};

let directories = 0;

/** A path for an embedded server's data. What a test makes there is removed after it, a server left behind included. */
export const testDirectory = (t: TestContext): string => {
  const dataDir = path.join(cache, `private-${process.pid}-${directories}`);
  directories += 1;
  runLast(t, async () => {
    if (!(await removeEmbedded(dataDir, silentLogger))) throw new Error(`The test left a server running in ${dataDir}`);
  });
  return dataDir;
};

/** Hooks run in the order they were given, so this one gives itself again: what was opened later is closed by then. */
export const runLast = (t: TestContext, work: () => Promise<void>): void => t.after(() => t.after(work));

/** Removes what killed runs left: servers that still run, and their files. */
const sweep = async (): Promise<void> => {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    const owner = /^private-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isTaken(Number(owner))) await removeEmbedded(path.join(cache, name), silentLogger);
  }
};
