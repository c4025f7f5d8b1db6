/** The projector as a process of its own: opens what it needs, runs until asked to stop, lets go of everything. */
import { openCodec, openFoundation, runProcess } from '@plenum/assembly';
import { projections, topics } from '@plenum/catalogue';
import { judgeNames, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry, registerConsumerMetrics, serveProbes } from '@plenum/metrics';
import { postgresReadModelStore, query } from '@plenum/postgres';
import { activeBuilds, parkedKeyCounts } from '@plenum/runtime';
import { settings } from './config.ts';
import { projectorProgress, runProjector } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const names = judgeNames(process);
  const config = readConfig(settings, process.env, names.problems);
  const logger = createLogger({ name: 'projector', level: config.LOG_LEVEL });
  for (const warning of names.warnings) logger.warn({}, warning);
  const progress = projectorProgress(projections);
  const metrics = metricsRegistry();
  registerConsumerMetrics(metrics, progress);

  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const foundation = await openFoundation({
    ...{ applicationName: 'plenum projector', connectionsMax: config.PROJECTOR_POOL_MAX },
    ...{ config, logger, stop },
  });
  opened.defer(foundation.close);
  const { log, database } = foundation;
  const { pool } = database;
  const store = postgresReadModelStore({ pool, logger, postgis: config.POSTGIS });
  const probes = await serveProbes({
    host: config.PROJECTOR_PROBES_HOST,
    port: config.PROJECTOR_PROBES_PORT,
    metrics,
    notReady: async () => {
      await query(pool, 'select 1');
      return [];
    },
    besides: async () => ({
      parked: await parkedKeyCounts(store, await activeBuilds(store)),
    }),
  });
  opened.defer(() => probes.close());
  logger.info({ port: probes.port }, 'probes are served');

  const codec = await openCodec({ config, logger, stop });
  const pace = { recordsMax: config.PROJECTOR_BATCH_MAX, intervalMs: config.PROJECTOR_INTERVAL };
  await runProjector({ log, store, codec, projections, topics, logger, ...pace, progress }, stop);
};

await runProcess(main);
