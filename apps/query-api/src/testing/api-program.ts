/** For tests of several processes: the API as `main.ts` makes it, over a test's database, which no power cut would survive. */
import { openAccess } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { avroCodec } from '@plenum/avro';
import { events, projections, topics } from '@plenum/catalogue';
import { processSettings, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { queryApiSettings } from '../config.ts';
import { runQueryApi } from '../run.ts';

const config = readConfig({ ...processSettings, ...authenticationSettings, ...queryApiSettings }, process.env);
const logger = createLogger({ name: 'query-api', level: config.LOG_LEVEL });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

const database = await openDatabase({
  ...{ url: config.DATABASE_URL ?? '', applicationName: 'API of a test', connectionsMax: 8 },
  ...{ logger, stop: stopping.signal, allowUnsafeForTests: true },
});
const log = await postgresLog({ pool: database.pool, topics, logger });
const codec = avroCodec(events);
const access = await openAccess({ foundation: { database, log }, codec, config, logger });
const parts = {
  ...{ database, log, codec, projections, logger, config, metrics: metricsRegistry() },
  clock: { nowUs: () => Date.now() * 1_000 },
  mqttConnected: async () => false,
};
await runQueryApi({ ...parts, ...access }, stopping.signal);
await access.close();
await log.close();
await database.close();
