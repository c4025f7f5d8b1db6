/** The API by itself: wiring from the environment. `plenum up` runs it together with everything else. */
import { sets, topics } from '@plenum/catalogue';
import { ConfigError, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { settings } from './config.ts';
import { mqttDoorAnswers } from './mqtt-door.ts';
import { runQueryApi } from './run.ts';

const main = async (): Promise<void> => {
  const config = readConfig(settings, process.env);
  const logger = createLogger({ name: 'query-api', level: config.LOG_LEVEL });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

  const where =
    config.DATABASE_URL === undefined
      ? { embedded: { dataDir: config.PLENUM_DATA_DIR } }
      : { url: config.DATABASE_URL };
  const database = await openDatabase({ ...where, applicationName: 'plenum query-api log', connectionsMax: 4, logger });
  try {
    const log = await postgresLog({ pool: database.pool, topics, logger });
    try {
      const parts = {
        databaseUrl: database.url,
        log,
        sets,
        clock: { nowUs: () => Date.now() * 1_000 },
        logger,
        metrics: metricsRegistry(),
        config,
        mqttConnected: () => mqttDoorAnswers(config.API_MQTT_URL),
      };
      await runQueryApi(parts, stop.signal);
    } finally {
      await log.close();
    }
  } finally {
    await database.close();
  }
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
}
