/** One page of readings through the whole API, with its guards or without them. */
import { type OpenAccess, openAccess } from '@plenum/assembly';
import { type Authentication, authenticationSettings } from '@plenum/authentication';
import { avroCodec } from '@plenum/avro';
import { events, projections } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import { metricsRegistry } from '@plenum/metrics';
import { openDatabase } from '@plenum/postgres';
import { queryApiSettings, runQueryApi } from '@plenum/query-api';
import type { Log } from '@plenum/runtime';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { authenticated, type Credential, newSecret, rateLimit } from './authenticated.ts';
import type { Started } from './started.ts';

export type Start = {
  readonly log: LogPlace;
  readonly url: string;
  /** Without it the guards are off: the bare route asks nobody who they are, either. */
  readonly guarded?: { readonly url: string; readonly credential: Credential };
};

const stop = new AbortController();
const opened = new AsyncDisposableStack();
let running: Promise<void> = Promise.resolve();

const start = async ({ log: place, url, guarded }: Start): Promise<Started> => {
  const log = await openLog(place);
  opened.defer(log.close);
  const access = guarded === undefined ? undefined : await openAuthorization(guarded.url);
  const headers =
    access === undefined || guarded === undefined ? {} : await authenticated(access.authentication, guarded.credential);
  const listening = Promise.withResolvers<string>();
  const parts = {
    // As many as ever, whatever this machine's server has.
    database: { url, beside: (asked: number) => asked },
    log,
    codec: avroCodec(events),
    projections,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: loudLogger,
    metrics: metricsRegistry(),
    authentication: access === undefined ? ('off' as const) : withHighLimit(access.authentication),
    decisions: access?.decisions,
    config: readConfig({ ...processSettings, ...queryApiSettings }, { PORT: '0', HTTP_HOST: '127.0.0.1' }),
    mqttConnected: async () => true,
    onListening: listening.resolve,
  };
  running = runQueryApi(parts, stop.signal);
  running.catch(listening.reject);
  return { url: await listening.promise, headers };
};

/** In a database of their own, with a log of their own: the prepared readings stay as they are. */
const openAuthorization = async (url: string): Promise<OpenAccess> => {
  const log: Log = await openLog({ kind: 'postgres', url });
  opened.defer(log.close);
  const signal = stop.signal;
  const database = await openDatabase({
    ...{ url, applicationName: 'bench guards', connectionsMax: 8, logger: loudLogger, stop: signal },
  });
  opened.defer(() => database.close());
  const config = readConfig(authenticationSettings, { JWT_SECRET: newSecret(), PLENUM_MASTER_KEY: newSecret() });
  const codec = avroCodec(events);
  const access = await openAccess({ foundation: { database, log }, codec, config, logger: loudLogger });
  opened.defer(access.close);
  return access;
};

/** The limiter counts as ever, up to more than is asked: sessions have a limit that nobody can raise. */
const withHighLimit = (authentication: Authentication): Authentication => ({
  ...authentication,
  limit: (asked) => authentication.limit('identity' in asked ? { identity: { ...asked.identity, rateLimit } } : asked),
});

serve({ start }, async () => {
  stop.abort();
  await running;
  await opened.disposeAsync();
});
