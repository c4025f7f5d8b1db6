/** The bridge as a process of its own: opens what it needs, runs until it is asked to stop, lets go of everything. */
import { randomUUID } from 'node:crypto';
import {
  type Foundation,
  openAtBroker,
  openAuthorizedNodes,
  openCodec,
  openCommandWork,
  openFoundation,
  openSessions,
  runProcess,
} from '@plenum/assembly';
import { judgeNames, readConfig } from '@plenum/config';
import { createLogger, metricsRegistry, serveProbes } from '@plenum/metrics';
import { postgresLeaseStore } from '@plenum/postgres';
import { type Logger, leases } from '@plenum/runtime';
import type { Bridge, BridgeConfig, BridgeParts } from './bridge.ts';
import { settings } from './config.ts';
import { registerBridgeMetrics } from './metrics.ts';
import { notReady } from './not-ready.ts';
import { registrationLeases, registrationWork } from './registrations/keep-registrations.ts';
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
  const shared = await openShared(config, foundation, opened, logger);
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
  const commands = await openCommandWork({ foundation, codec, logger });
  opened.defer(commands.close);
  const registrations = registrationWork(commands.database);
  await runBridge({ config, log, codec, logger, onListening, commands, registrations, ...shared }, stop);
};

/** What bridges share: at a broker the one session there, and where devices connect to them their sessions, and which of them may. */
const openShared = async (
  config: BridgeConfig,
  foundation: Foundation,
  opened: AsyncDisposableStack,
  logger: Logger,
): Promise<Pick<BridgeParts, 'leases' | 'sessions' | 'nodes' | 'atBroker'>> => {
  const openNodes = async () => {
    const nodes = await openAuthorizedNodes({ foundation, logger });
    opened.defer(nodes.close);
    return nodes;
  };
  const store = await postgresLeaseStore(foundation.database.pool);
  opened.defer(() => store.close());
  const limits = config.MQTT_MODE === 'listen' ? registrationLeases : {};
  const held = leases({ store, newHolder: randomUUID, logger, limits });
  const broker = config.MQTT_MODE === 'listen' ? undefined : await openAtBroker({ config, logger });
  if (broker !== undefined) opened.defer(broker.close);
  if (config.MQTT_MODE === 'listen') {
    const nodes = await openNodes();
    const { store: sessions, close } = await openSessions({ foundation, logger });
    opened.defer(close);
    return { leases: held, sessions, nodes };
  }
  return broker === undefined
    ? { leases: held }
    : { leases: held, atBroker: broker.atBroker, nodes: await openNodes() };
};

await runProcess(main);
