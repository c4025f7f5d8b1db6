/** The bridge as a process of its own: opens what it needs, runs until it is asked to stop, lets go of everything. */
import { randomUUID } from 'node:crypto';
import { type Foundation, openCodec, openFoundation, openSessions, runProcess } from '@plenum/assembly';
import { judgeNames, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry, serveProbes } from '@plenum/metrics';
import { postgresLeaseStore } from '@plenum/postgres';
import { type Logger, leases } from '@plenum/runtime';
import type { Bridge, BridgeParts } from './bridge.ts';
import { settings } from './config.ts';
import { registerBridgeMetrics } from './metrics.ts';
import { notReady } from './not-ready.ts';
import { runBridge } from './run.ts';

const main = async (stop: AbortSignal): Promise<void> => {
  const names = judgeNames(process);
  const config = readConfig(settings, process.env, names.problems);
  const logger = createLogger({ name: 'mqtt-bridge', level: config.LOG_LEVEL });
  for (const warning of names.warnings) logger.warn({}, warning);
  let bridge: Bridge | undefined;
  const metrics = metricsRegistry();
  registerBridgeMetrics(metrics, () => bridge);

  // Released in reverse order, also when something on the way cannot be opened.
  await using opened = new AsyncDisposableStack();
  const wanted = { applicationName: 'plenum mqtt-bridge', connectionsMax: 5, config, logger, stop };
  const foundation = await openFoundation(wanted);
  const { log, close } = foundation;
  opened.defer(close);
  const shared = await openShared(config.MQTT_MODE, foundation, opened, logger);
  const probes = await serveProbes({
    host: config.BRIDGE_PROBES_HOST,
    port: config.BRIDGE_PROBES_PORT,
    metrics,
    notReady: async () =>
      bridge === undefined ? ['MQTT is not open yet'] : notReady(bridge).map(({ message }) => message),
  });
  opened.defer(() => probes.close());
  logger.info({ port: probes.port }, 'probes are served');

  const onListening = (listening: Bridge): void => {
    bridge = listening;
  };
  const codec = await openCodec({ config, logger, stop });
  await runBridge({ config, log, codec, logger, onListening, ...shared }, stop);
};

/** What bridges share: at a broker the one session there, and where devices connect to them their sessions. */
const openShared = async (
  mode: 'listen' | 'connect',
  foundation: Foundation,
  opened: AsyncDisposableStack,
  logger: Logger,
): Promise<Pick<BridgeParts, 'leases' | 'sessions'>> => {
  if (mode === 'listen') {
    const { store: sessions, close } = await openSessions({ foundation, logger });
    opened.defer(close);
    return { sessions };
  }
  const store = await postgresLeaseStore(foundation.database.pool);
  opened.defer(() => store.close());
  return { leases: leases({ store, newHolder: randomUUID, logger }) };
};

await runProcess(main);
