/** The API by itself: wiring from the environment. `plenum up` runs it together with everything else. */
import { openFoundation } from '@plenum/assembly';
import { sets } from '@plenum/catalogue';
import { ConfigError, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { settings } from './config.ts';
import { mqttDoorAnswers } from './mqtt-door.ts';
import { runQueryApi } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const config = readConfig(settings, process.env);
  const logger = createLogger({ name: 'query-api', level: config.LOG_LEVEL });
  const { log, database, close } = await openFoundation({
    ...{ applicationName: 'plenum query-api log', connectionsMax: 4 },
    ...{ config, logger, stop },
  });
  try {
    const parts = {
      ...{ databaseUrl: database.url, log, sets, logger, config },
      clock: { nowUs: () => Date.now() * 1_000 },
      metrics: metricsRegistry(),
      admission: 'off' as const,
      mqttConnected: () => mqttDoorAnswers(config.API_MQTT_URL),
    };
    await runQueryApi(parts, stop);
  } finally {
    await close();
  }
};

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
try {
  await main(stopping.signal);
} catch (error) {
  // Whoever is stopped while it still waits for something has stopped cleanly, too.
  if (!stopping.signal.aborted || error !== stopping.signal.reason) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
  }
}
