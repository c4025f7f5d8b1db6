/** The API by itself: wiring from the environment. `plenum up` runs it together with everything else. */
import {
  openAccess,
  openAtBroker,
  openCodec,
  openFiles,
  openFoundation,
  runProcess,
  withKeptSecrets,
} from '@plenum/assembly';
import { projections } from '@plenum/catalogue';
import { judgeNames, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry } from '@plenum/metrics';
import { confideTo } from './confide.ts';
import { settings } from './config.ts';
import { tellFirstAdministrator } from './first-administrator.ts';
import { mqttAnswers } from './mqtt-answers.ts';
import { runQueryApi } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const names = judgeNames(process);
  const config = readConfig(settings, await withKeptSecrets(process.env), names.problems);
  const logger = createLogger({ name: 'query-api', level: config.LOG_LEVEL });
  for (const warning of names.warnings) logger.warn({}, warning);
  await using opened = new AsyncDisposableStack();
  const foundation = await openFoundation({
    ...{ applicationName: 'plenum query-api log', connectionsMax },
    ...{ config, logger, stop },
  });
  opened.defer(foundation.close);
  const codec = await openCodec({ config, logger, stop });
  const { authentication, decisions, close } = await openAccess({ foundation, codec, config, logger });
  opened.defer(close);
  // The log is on standard output, and this is not for it.
  await tellFirstAdministrator(authentication, confideTo(process.stderr));
  const broker = await openAtBroker({ config, logger });
  if (broker !== undefined) opened.defer(broker.close);
  const { log, database } = foundation;
  const files = await openFiles(config);
  const parts = {
    ...{ database, log, codec, projections, logger, config, authentication, decisions, files },
    clock: { nowUs: () => Date.now() * 1_000 },
    metrics: metricsRegistry(),
    atBroker: broker?.atBroker,
    mqttConnected: () => mqttAnswers(config.API_MQTT_URL),
  };
  await runQueryApi(parts, stop);
};

/** One follows the outbox for the outbox relay; the others look at the log, and decide. The reads have their own pool. */
const connectionsMax = 8;

await runProcess(main);
