/** The exporter as a process of its own: opens what it needs, runs until it is asked to stop, lets go of everything. */

import { randomBytes } from 'node:crypto';
import {
  collectSooner,
  openCodec,
  openDecisions,
  openFiles,
  openFoundation,
  runProcess,
  withKeptSecrets,
} from '@plenum/assembly';
import { masterKeysOf } from '@plenum/authentication';
import { exports as kinds } from '@plenum/catalogue';
import { judgeNames, readConfig } from '@plenum/config';
import { writers } from '@plenum/export-formats';
import { createLogger, metricsRegistry, serveProbes } from '@plenum/metrics';
import { listenTo, postgresSnapshotStore, query, sqlOf } from '@plenum/postgres';
import { settings } from './config.ts';
import { decideIn } from './decide.ts';
import { registerExporterMetrics } from './metrics.ts';
import { exporterCounts, runExporter } from './run.ts';
import { exportWorkIn } from './work/export-work.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  // Here, and not where it runs: where all runs in one process, others have more to say about it.
  collectSooner('exporter');
  const names = judgeNames(process);
  const config = readConfig(settings, await withKeptSecrets(process.env, 'leave'), names.problems);
  const logger = createLogger({ name: 'exporter', level: config.LOG_LEVEL });
  for (const warning of names.warnings) logger.warn({}, warning);
  const counts = exporterCounts();
  const metrics = metricsRegistry();
  registerExporterMetrics(metrics, counts);

  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const foundation = await openFoundation({
    ...{ applicationName: 'plenum exporter', connectionsMax: config.EXPORTER_POOL_MAX },
    ...{ config, logger, stop },
  });
  opened.defer(foundation.close);
  const { log, database } = foundation;
  const { pool } = database;
  const probes = await serveProbes({
    host: config.EXPORTER_PROBES_HOST,
    port: config.EXPORTER_PROBES_PORT,
    metrics,
    notReady: async () => {
      await query(pool, 'select 1');
      return [];
    },
  });
  opened.defer(() => probes.close());
  logger.info({ port: probes.port }, 'probes are served');

  const codec = await openCodec({ config, logger, stop });
  const decisions = await openDecisions({ database, log, codec, masterKeys: masterKeysOf(config), logger });
  opened.defer(() => decisions.close());
  const files = await openFiles(config);
  const clock = { nowUs: () => Date.now() * 1_000 };
  const { store, personal } = decisions;
  logger.info({ kinds: kinds.length }, 'the exporter runs');
  await runExporter(
    {
      ...{ log, codec, files, kinds, clock, logger, counts, ...writers },
      work: exportWorkIn(sqlOf(pool)),
      snapshots: postgresSnapshotStore({ pool }),
      decide: decideIn({ store, personal, clock, random: { bytes16: () => randomBytes(16) } }),
      listen: (channel) => listenTo({ ...channel, pool, logger }),
      ...{ bytesMax: config.EXPORT_BYTES_MAX, rowsMax: config.EXPORT_ROWS_MAX, keepMs: config.EXPORT_KEEP },
      together: config.EXPORTER_TOGETHER,
    },
    stop,
  );
};

await runProcess(main);
