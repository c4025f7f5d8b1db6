/** The reactor as a process of its own: opens what it needs, runs until it is asked to stop, lets go of everything. */
import { randomBytes } from 'node:crypto';
import { openCodec, openDecisions, openFoundation, withKeptSecrets } from '@plenum/assembly';
import { masterKeysOf } from '@plenum/authentication';
import { reactions, topics } from '@plenum/catalogue';
import { ConfigError, judgeNames, readConfig } from '@plenum/config';
import type { DecidedTables } from '@plenum/event';
import { createLogger, metricsRegistry, serveProbes } from '@plenum/metrics';
import { listenTo, postgresCheckpointStore, query } from '@plenum/postgres';
import { consumerOfReaction, issueTo, parkedKeyCounts } from '@plenum/runtime';
import { commandTimers } from './command-timers.ts';
import { settings } from './config.ts';
import { registerReactorMetrics } from './metrics.ts';
import { reactorProgress, runReactor } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const names = judgeNames(process);
  const config = readConfig(settings, await withKeptSecrets(process.env, 'leave'), names.problems);
  const logger = createLogger({ name: 'reactor', level: config.LOG_LEVEL });
  for (const warning of names.warnings) logger.warn({}, warning);
  const progress = reactorProgress(reactions);
  const metrics = metricsRegistry();
  registerReactorMetrics(metrics, progress);

  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const foundation = await openFoundation({
    ...{ applicationName: 'plenum reactor', connectionsMax: config.REACTOR_POOL_MAX },
    ...{ config, logger, stop },
  });
  opened.defer(foundation.close);
  const { log, database } = foundation;
  const { pool } = database;
  const checkpoints = postgresCheckpointStore({ pool });
  const probes = await serveProbes({
    host: config.REACTOR_PROBES_HOST,
    port: config.REACTOR_PROBES_PORT,
    metrics,
    notReady: async () => {
      await query(pool, 'select 1');
      return [];
    },
    besides: async () => ({ parked: await parkedKeyCounts(checkpoints, reactions.map(consumerOfReaction)) }),
  });
  opened.defer(() => probes.close());
  logger.info({ port: probes.port }, 'probes are served');

  const codec = await openCodec({ config, logger, stop });
  const decisions = await openDecisions({ database, log, codec, masterKeys: masterKeysOf(config), logger });
  opened.defer(() => decisions.close());
  const clock = { nowUs: () => Date.now() * 1000 };
  const { store, personal } = decisions;
  const issue = issueTo({ store, personal, clock, random: { bytes16: () => randomBytes(16) } });
  logger.info({ reactions: reactions.length }, 'the reactor runs');
  const tables: DecidedTables = (text, parameters) => query(pool, text, parameters);
  const recorded = { log, checkpoints, tables, issue, logger };
  const timers = [commandTimers({ ...recorded, listen: (channel) => listenTo({ ...channel, pool, logger }) })];
  const pace = { intervalMs: config.REACTOR_INTERVAL };
  const parts = { ...pace, ...recorded, codec, reactions, timers, topics, progress };
  await runReactor(parts, stop);
};

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
try {
  await main(stopping.signal);
} catch (error) {
  // A process that is stopped while it still waits for something has stopped cleanly, too.
  if (!stopping.signal.aborted || error !== stopping.signal.reason) {
    process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
    process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
  }
}
