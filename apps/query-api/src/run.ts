/** The API as a process: listens until it is asked to stop, and then finishes what it was asked. */

import type { AddressInfo } from 'node:net';
import type { OpenDecisions } from '@plenum/assembly';
import { type Database, openPool } from '@plenum/postgres';
import { aborted, showPersonal } from '@plenum/runtime';
import type { FastifyInstance } from 'fastify';
import { type AppParts, buildApp, type NetworkRules } from './app.ts';
import { pageBudget } from './database/page-budget.ts';
import { preparedSql, withQueryTimeout } from './database/prepared-sql.ts';
import { besideOutboxRelay } from './outbox-relay.ts';
import { readsOver } from './reads.ts';
import type { StreamLimits } from './stream/hub.ts';

export type QueryApiParts = Omit<
  AppParts,
  'reads' | 'limits' | 'streamLimits' | 'staleAfterS' | 'onRoute' | 'network' | 'relay' | 'budget'
> & {
  /** The database that read models are in. The API opens a pool of its own, whose queries end in time. */
  readonly database: Pick<Database, 'url' | 'beside'>;
  readonly config: QueryApiConfig;
  /** What was decided goes into the log from here, for as long as the API runs. */
  readonly decisions?: Pick<OpenDecisions, 'relay' | 'lag' | 'progress' | 'personal'> | undefined;
  /** Called once with where the API is, with the port that it really has. */
  readonly onListening?: (url: string) => void;
  /** What to do when the port is taken; `fail` unless said otherwise. */
  readonly whenPortTaken?: 'fail' | 'take-another';
};

/** The values of `queryApiSettings`. */
export type QueryApiConfig = {
  readonly HTTP_HOST: string;
  readonly PORT: number;
  readonly TRUSTED_PROXIES: readonly string[];
  readonly CORS_ORIGINS: readonly string[];
  readonly STALE_AFTER_S: number;
  readonly API_POOL_MAX: number;
  readonly API_PAGE_LIMIT: number;
  readonly API_PAGE_LIMIT_MAX: number;
  readonly API_QUERY_TIMEOUT: number;
  readonly STREAM_CLIENTS_MAX: number;
  readonly STREAM_CLIENTS_OF_ONE_MAX: number;
  readonly STREAM_WAITING_BYTES_MAX: number;
  readonly STREAM_MISSED_MAX: number;
};

/**
 * Settles when `stop` aborts and every request in hand is answered. Rejects when it cannot listen, or when the outbox
 * relay cannot go on: an API that decides and relays nothing looks healthy and is not.
 */
export const runQueryApi = (parts: QueryApiParts, stop: AbortSignal): Promise<void> =>
  besideOutboxRelay(parts.decisions, (broken) => serve(parts, AbortSignal.any([stop, broken])));

const serve = async (parts: QueryApiParts, stop: AbortSignal): Promise<void> => {
  const { config, database, logger } = parts;
  const pool = openPool({
    url: withQueryTimeout(database.url, config.API_QUERY_TIMEOUT),
    applicationName: 'plenum query-api',
    connectionsMax: database.beside(config.API_POOL_MAX),
    // The server gives up first; this is for one that is frozen, or behind a network that is gone.
    silentMaxMs: config.API_QUERY_TIMEOUT + 1_000,
  });
  try {
    const limitMax = config.API_PAGE_LIMIT_MAX;
    const limits = { limitDefault: Math.min(config.API_PAGE_LIMIT, limitMax), limitMax };
    const budget = pageBudget();
    const reads = readsOver(preparedSql(pool, budget), showPersonal(parts.decisions?.personal));
    const app = await buildApp({
      ...parts,
      reads,
      budget,
      limits,
      streamLimits: streamLimitsOf(config),
      relay: parts.decisions,
      network: networkRules(config),
      staleAfterS: config.STALE_AFTER_S,
    });
    try {
      const url = await listen(app, parts);
      logger.info({ address: url }, 'the API listens');
      parts.onListening?.(url);
      await aborted(stop);
      logger.info({}, 'the API takes no more requests and finishes those in hand');
    } finally {
      await app.close();
    }
  } finally {
    await pool.end();
  }
};

const listen = async (app: FastifyInstance, parts: QueryApiParts): Promise<string> => {
  const { PORT: port } = parts.config;
  const host = hostOf(parts);
  try {
    await app.listen({ host, port });
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken || parts.whenPortTaken !== 'take-another') throw error;
    await app.listen({ host, port: 0 });
  }
  const address = app.server.address() as AddressInfo; // It listens on TCP, so its address is no pipe's name.
  return `http://${shownHost(address)}:${address.port}`;
};

/** All addresses are none to call; this machine has one that always works. */
const shownHost = ({ address, family }: AddressInfo): string => {
  if (address === '0.0.0.0') return loopback;
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
};

const streamLimitsOf = (config: QueryApiConfig): StreamLimits => ({
  clientsMax: config.STREAM_CLIENTS_MAX,
  clientsOfOneMax: config.STREAM_CLIENTS_OF_ONE_MAX,
  waitingBytesMax: config.STREAM_WAITING_BYTES_MAX,
  missedMax: config.STREAM_MISSED_MAX,
});

const networkRules = ({ TRUSTED_PROXIES, CORS_ORIGINS }: QueryApiConfig): NetworkRules => ({
  trustedProxies: TRUSTED_PROXIES,
  corsOrigins: CORS_ORIGINS,
});

const loopback = '127.0.0.1';
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Where nobody has to prove who they are, only this machine is let in. */
const hostOf = ({ config, authentication, logger }: QueryApiParts): string => {
  if (authentication !== 'off') return config.HTTP_HOST;
  const host = isLoopback(config.HTTP_HOST) ? config.HTTP_HOST : loopback;
  logger.warn({ asked: config.HTTP_HOST, host }, 'the API lets in everybody on this machine: its guards are off');
  return host;
};
