/** One page of readings through the whole API. */
import { sets } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import { metricsRegistry } from '@plenum/metrics';
import { queryApiSettings, runQueryApi } from '@plenum/query-api';
import type { Log } from '@plenum/runtime';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';

export type Start = { readonly log: LogPlace; readonly url: string };

const stop = new AbortController();
let running: Promise<void> = Promise.resolve();
let log: Log | undefined;

/** Answers the URL that it listens at. */
const start = async ({ log: place, url }: Start): Promise<string> => {
  log = await openLog(place);
  const listening = Promise.withResolvers<string>();
  const parts = {
    databaseUrl: url,
    log,
    sets,
    clock: { nowUs: () => Date.now() * 1000 },
    logger: loudLogger,
    metrics: metricsRegistry(),
    // The bare route asks nobody who he is, either.
    admission: 'off' as const,
    config: readConfig({ ...processSettings, ...queryApiSettings }, { PORT: '0' }),
    mqttConnected: async () => true,
    onListening: listening.resolve,
  };
  running = runQueryApi(parts, stop.signal);
  running.catch(listening.reject);
  return listening.promise;
};

serve({ start }, async () => {
  stop.abort();
  await running;
  await log?.close();
});
