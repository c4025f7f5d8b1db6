/**
 * The embedded PostgreSQL server and its supervisor: `DATABASE_URL` for people who have nothing but Node and npm. The
 * server is a child process that outlives nothing it should not and is brought back when it dies.
 */
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backOff, freePort, type Logger, pause, retryUntilStopped } from '@plenum/runtime';
import pg from 'pg';
import { type Binaries, findBinaries } from './binaries.ts';
import { clusterUser, prepareCluster } from './cluster.ts';
import { chooseDataDirectory, type Probe } from './data-directory.ts';
import { lockHolder, tryLockDirectory } from './directory-lock.ts';
import { diskReserveBytes, watchDisk } from './disk-watch.ts';
import { stopLeftBehind } from './left-behind.ts';
import { type Postmaster, type PostmasterSettings, ServerNotStarted, startPostmaster } from './postmaster.ts';

export type EmbeddedSettings = {
  /** Holds the database, its password and our lock; made if missing, and reused from run to run. */
  readonly dataDir: string;
  /** The port to try first. When it is taken, a free one is used; see `url`. */
  readonly port?: number;
  readonly logger: Logger;
  /** More server settings, `name=value`; they win over ours. */
  readonly flags?: readonly string[];
  /** False only where the data are worth nothing: initdb then does not wait for the disk. */
  readonly sync?: boolean;
  /** With less space than this on its disk the server takes no writes; 128 MiB unless said otherwise. */
  readonly reserveBytes?: number;
  /** Other programs than npm's, for tests with extensions that those lack. */
  readonly binaries?: Binaries;
  /** For tests of what happens on other machines. */
  readonly probe?: Probe;
};

export type EmbeddedServer = {
  /** With the password. Stays the same until `stop`, through every restart. */
  readonly url: string;
  readonly port: number;
  /** Where PostgreSQL's own files are: below `dataDir`, or elsewhere if they could not stay there. */
  readonly dataDirectory: string;
  /** The server process, or `undefined` while it is being restarted and after `stop`. */
  pid(): number | undefined;
  /** Settles once the server has been stopped by `stop`. A server that dies is restarted instead. */
  readonly exited: Promise<void>;
  /** Fast shutdown: sessions are ended, data are flushed, the lock is given back. May be called twice. */
  stop(): Promise<void>;
};

/** Another process, or this one, already runs a server on the directory. */
export class DirectoryInUse extends Error {
  constructor(directory: string, holder: string) {
    super(`${directory} is in use by ${holder}: stop that one first, or choose another data directory`);
    this.name = 'DirectoryInUse';
  }
}

export const embeddedPortUsual = 54320;
export const databaseName = 'plenum';
const steadyMs = 10_000;

/**
 * Starts the server on `dataDir`, makes the database if there is none, and keeps it up until `stop`. A server left
 * behind by a killed process is stopped first. Consumers meet transient failures while it restarts.
 * @throws when another process runs a server there (named in the message), or the server does not come up; the message
 *   carries its last log lines.
 */
export const startEmbedded = async (settings: EmbeddedSettings): Promise<EmbeddedServer> => {
  const given = path.resolve(settings.dataDir);
  await mkdir(path.dirname(given), { recursive: true });
  await mkdir(given, { recursive: true, mode: 0o700 });
  const home = await realpath(given);
  const lock = tryLockDirectory(home);
  if (lock === undefined) throw new DirectoryInUse(home, lockHolder(home));
  try {
    const { logger, probe, sync = true } = settings;
    const binaries = settings.binaries ?? (await findBinaries());
    const chosen = await chooseDataDirectory({ home, binaries, logger, ...(probe && { probe }) });
    await stopLeftBehind(chosen.dataDirectory, logger);
    const password = await prepareCluster({ home, chosen, sync, logger });
    const launch = (port: number): Promise<Postmaster> =>
      startPostmaster({ ...chosen, port, flags: settings.flags ?? [], logger });
    const { postmaster, port } = await launchOnFreePort(launch, settings.port ?? embeddedPortUsual);
    logger.info({ port, pid: postmaster.pid, home }, 'Embedded PostgreSQL is up');
    const address = `postgres://${clusterUser}:${password}@127.0.0.1:${port}`;
    const supervised = supervise({ first: postmaster, relaunch: () => launch(port), logger });
    await makeDatabase(address).catch(async (error: unknown) => {
      await supervised.stop();
      throw error;
    });
    const { reserveBytes = diskReserveBytes } = settings;
    const { dataDirectory } = chosen;
    const disk = await watchDisk({ dataDirectory, url: `${address}/postgres`, logger, reserveBytes });
    const exited = supervised.exited.finally(lock.release);
    return {
      url: `${address}/${databaseName}`,
      port,
      dataDirectory: chosen.dataDirectory,
      pid: supervised.pid,
      exited,
      stop: async () => {
        await disk.stop();
        await supervised.stop();
        await exited;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
};

type Launch = (port: PostmasterSettings['port']) => Promise<Postmaster>;

/** The server's own attempt is the test: between a check of ours and its start, somebody else could take the port. */
const launchOnFreePort = async (launch: Launch, wanted: number): Promise<{ postmaster: Postmaster; port: number }> => {
  let port = wanted === 0 ? await freePort() : wanted;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { postmaster: await launch(port), port };
    } catch (error) {
      const taken = error instanceof ServerNotStarted && error.lines.includes('Address already in use');
      // A killed server's backends may need a moment to notice that it is gone.
      const orphans = error instanceof ServerNotStarted && error.lines.includes('shared memory block');
      if ((!taken && !orphans) || attempt === 10) throw error;
      if (taken) port = await freePort();
      else await delay(200);
    }
  }
};

const makeDatabase = async (address: string): Promise<void> => {
  const client = new pg.Client({ connectionString: `${address}/postgres`, application_name: 'plenum supervisor' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
};

type Supervision = {
  readonly first: Postmaster;
  readonly relaunch: () => Promise<Postmaster>;
  readonly logger: Logger;
};

type Supervised = { pid(): number | undefined; readonly exited: Promise<void>; stop(): Promise<void> };

const supervise = ({ first, relaunch, logger }: Supervision): Supervised => {
  const stopping = new AbortController();
  const wait = backOff();
  let current: Postmaster | undefined = first;
  // A process that ends without `stop` (an uncaught error, process.exit) takes the server along.
  const endWithUs = (): void => current?.stopWithoutWaiting();
  process.once('exit', endWithUs);

  const watch = async (): Promise<void> => {
    let quickDeaths = 0;
    while (current !== undefined) {
      const startedMs = performance.now();
      const how = await current.exited;
      const lines = current.lastLines();
      current = undefined;
      if (stopping.signal.aborted) return;
      quickDeaths = performance.now() - startedMs < steadyMs ? quickDeaths + 1 : 0;
      logger.error({ how, lines }, 'PostgreSQL died: restarting it');
      current = await bringBack(quickDeaths);
      if (current && stopping.signal.aborted) await current.stop();
      else if (current) logger.warn({ pid: current.pid }, 'PostgreSQL is up again');
    }
  };

  /**
   * At once, unless it died quickly before. Tries for ever: what keeps a server down (a full disk, a port) is put right
   * outside, and then it has to come.
   */
  const bringBack = async (quickDeaths: number): Promise<Postmaster | undefined> => {
    if (quickDeaths > 1) await pause(wait.next(), stopping.signal);
    else wait.reset();
    return retryUntilStopped(relaunch, {
      ...{ logger, waiting: 'PostgreSQL could not be restarted: trying again', again: 'PostgreSQL was restarted' },
      ...{ stop: stopping.signal, isRetried: () => true, wait: backOff() },
    });
  };

  const exited = watch().finally(() => process.removeListener('exit', endWithUs));
  return {
    pid: () => current?.pid,
    exited,
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await exited;
    },
  };
};
