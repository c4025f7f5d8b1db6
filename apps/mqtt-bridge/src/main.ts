/** The bridge as a process of its own: opens what it needs, runs until it is told to stop, lets go of everything. */
import { randomUUID } from 'node:crypto';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { ConfigError, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry, serveProbes } from '@plenum/metrics';
import { openDatabase, postgresLeaseStore, postgresLog } from '@plenum/postgres';
import { leases } from '@plenum/runtime';
import { settings } from './config.ts';
import { registerBridgeMetrics } from './metrics.ts';
import { type Bridge, runBridge } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const config = readConfig(settings, process.env);
  const logger = createLogger({ name: 'mqtt-bridge', level: config.LOG_LEVEL });
  let bridge: Bridge | undefined;
  const metrics = metricsRegistry();
  registerBridgeMetrics(metrics, () => bridge);

  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({
    applicationName: 'plenum mqtt-bridge',
    connectionsMax: 5,
    logger,
    stop,
    ...(config.DATABASE_URL === undefined
      ? { embedded: { dataDir: config.PLENUM_DATA_DIR } }
      : { url: config.DATABASE_URL }),
  });
  opened.defer(() => database.close());
  const log = await postgresLog({ pool: database.pool, topics, logger });
  opened.defer(() => log.close());
  const store = await postgresLeaseStore(database.pool);
  opened.defer(() => store.close());
  const probes = await serveProbes({
    host: config.BRIDGE_PROBES_HOST,
    port: config.BRIDGE_PROBES_PORT,
    metrics,
    notReady: async () => {
      if (bridge === undefined) return ['the door is not open yet'];
      const problems = bridge.state() === 'away' ? ['the log is away'] : [];
      return bridge.broker?.().state === 'connecting' ? [...problems, 'there is no session with the broker'] : problems;
    },
  });
  opened.defer(() => probes.close());
  logger.info({ port: probes.port }, 'probes are served');

  const onListening = (listening: Bridge): void => {
    bridge = listening;
  };
  const only = leases({ store, newHolder: randomUUID, logger });
  await runBridge({ config, log, codec: avroCodec(events), logger, onListening, leases: only }, stop);
};

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
try {
  await main(stopping.signal);
} catch (error) {
  process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
}
