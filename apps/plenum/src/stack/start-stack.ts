/** Bridge, projector, reactor and API in one process, over one log: started together, stopped in the order the data flow. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type OpenDecisions,
  openAccess,
  openAtBroker,
  openAuthorizedNodes,
  openCommandWork,
  openFiles,
  openSessions,
} from '@plenum/assembly';
import type { Authentication } from '@plenum/authentication';
import { projections, reactions, topics } from '@plenum/catalogue';
import type { Config } from '@plenum/config';
import type { DecidedTables } from '@plenum/event';
import { registerExporterMetrics } from '@plenum/exporter';
import { type MetricsRegistry, registerConsumerMetrics } from '@plenum/metrics';
import {
  type Bridge,
  type BridgeParts,
  notReady,
  registerBridgeMetrics,
  registrationLeases,
  registrationWork,
  runBridge,
} from '@plenum/mqtt-bridge';
import { listenTo, postgresCheckpointStore, postgresLeaseStore, postgresReadModelStore, query } from '@plenum/postgres';
import { projectorProgress, runProjector } from '@plenum/projector';
import { runQueryApi } from '@plenum/query-api';
import { commandTimers, reactorProgress, registerReactorMetrics, runReactor } from '@plenum/reactor';
import {
  type Counters,
  endsOf,
  type Files,
  type IngestBalance,
  issueTo,
  type Logger,
  leases,
  type ReadModelStore,
} from '@plenum/runtime';
import type { settings } from '../config.ts';
import { behindOf, countAppends } from './behind.ts';
import { commitWatch } from './commit-watch.ts';
import { exporterPart } from './exporter-part.ts';
import type { Foundation } from './foundation.ts';
import { type Part, startPart } from './part.ts';

export type StackSettings = {
  readonly foundation: Foundation;
  readonly config: Config<typeof settings>;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  /** What to do when a usual port is taken. */
  readonly whenPortTaken: 'fail' | 'take-another';
  /** Done when the projector runs and before the first message is taken. `stop` aborts it, too. */
  readonly beforeMqtt?: (caughtUp: Stack['caughtUp']) => Promise<void>;
  /** Ends a start that is under way; what runs is stopped with `stop`. */
  readonly stop: AbortSignal;
};

export type Stack = {
  readonly apiUrl: string;
  /** Lets people in, and takes orders about them. */
  readonly authentication: Authentication;
  /** Where devices publish: ours, or the broker's that is already there. */
  readonly mqttUrl: string;
  readonly webSocketUrl: string | undefined;
  bridgeBalance(): IngestBalance;
  /** What the projector committed since the start, by projection. */
  readonly counters: ReadonlyMap<string, Counters>;
  /** Settles when messages that are published from then on arrive. @throws the reason of `giveUp`. */
  sessionOpen(giveUp: AbortSignal): Promise<void>;
  /** Records in the log that a projection of what devices send has not in its tables yet, as far as seen; by its name. */
  behind(): ReadonlyMap<string, number>;
  /** Settles when everything that is in the log now is in the tables. @throws the reason of `giveUp`. */
  caughtUp(giveUp: AbortSignal): Promise<void>;
  /** Rejects when a part cannot go on. */
  readonly failed: Promise<never>;
  /** The bridge takes nothing more and acknowledges what it has. Again: nothing happens. */
  stopBridge(): Promise<void>;
  /** Everything, in order. */
  stop(): Promise<void>;
};

/** @throws what a part fails to start with; the reason of `stop`. Nothing runs then. */
export const startStack = async (settings: StackSettings): Promise<Stack> => {
  const { foundation, config, logger, metrics, whenPortTaken, stop } = settings;
  const { log, codec, database } = foundation;
  const counted = countAppends(log);
  const watch = commitWatch(postgresReadModelStore({ pool: database.pool, logger, postgis: config.POSTGIS }));
  const progress = projectorProgress(projections);
  let running: Bridge | undefined;
  registerBridgeMetrics(metrics, () => running);
  registerConsumerMetrics(metrics, progress);

  // Stopped in reverse order, also when one of them does not start.
  await using started = new AsyncDisposableStack();
  const { authentication, decisions, close } = await openAccess({ foundation, codec, config, logger });
  started.defer(close);
  const projector = await startPart<void>('the projector', stop, (ends, up) => {
    const store = announcing(watch.store, up);
    const pace = { recordsMax: config.PROJECTOR_BATCH_MAX, intervalMs: config.PROJECTOR_INTERVAL };
    return runProjector({ log, store, codec, projections, topics, logger, ...pace, progress }, ends);
  });
  started.defer(projector.stop);
  const reactor = await startReactor(settings, decisions);
  started.defer(reactor.stop);
  const files = await openFiles(config);
  const exporter = await startExporter(settings, decisions, files);
  started.defer(exporter.stop);
  const caughtUp = async (giveUp: AbortSignal): Promise<void> => {
    for (const projection of projections) await watch.reached(projection, await endsOf({ log, projection }), giveUp);
  };
  await settings.beforeMqtt?.(caughtUp);
  const broker = await openAtBroker({ config, logger });
  if (broker !== undefined) started.defer(broker.close);
  const shared = await openShared(settings, { decisions, atBroker: broker?.atBroker }, started);
  const open = Promise.withResolvers<void>();
  const onSession = (state: string): void => {
    if (state === 'open') open.resolve();
  };
  const bridge = await startPart<Bridge>('the bridge', stop, (ends, onListening) =>
    runBridge({ config, log: counted.log, codec, logger, onListening, whenPortTaken, onSession, ...shared }, ends),
  );
  started.defer(bridge.stop);
  running = bridge.where;
  const { balance } = bridge.where;
  const api = await startPart<string>('the API', stop, (ends, onListening) => {
    const told = {
      ...{ authentication, decisions, files, onListening, whenPortTaken, atBroker: broker?.atBroker },
      bridgeCounters: () => apiCounters(balance()),
      mqttConnected: async () => notReady(bridge.where).length === 0,
      checks: { mqtt: () => mqttWorks(bridge.where) },
    };
    return runQueryApi({ database, log, codec, projections, clock, logger, metrics, config, ...told }, ends);
  });
  started.defer(api.stop);
  const parts = started.move();

  const { webSocket } = bridge.where;
  return {
    apiUrl: api.where,
    authentication,
    mqttUrl: mqttUrlOf(bridge.where, config),
    webSocketUrl: webSocket && `ws://${webSocket.host}:${webSocket.port}`,
    bridgeBalance: balance,
    counters: watch.counters,
    behind: () =>
      behindOf({ projections: projections, appended: counted.appended, committed: watch.counters, progress }),
    caughtUp,
    sessionOpen: (giveUp) => (config.MQTT_MODE === 'connect' ? unlessAborted(open.promise, giveUp) : Promise.resolve()),
    failed: Promise.race([projector.failed, reactor.failed, exporter.failed, bridge.failed, api.failed]),
    stopBridge: bridge.stop,
    stop: () => parts.disposeAsync(),
  };
};

const clock = { nowUs: () => Date.now() * 1000 };

/** It is up at once: nobody asks it anything. */
const startReactor = (
  { foundation, config, logger, metrics, stop }: StackSettings,
  { store, personal }: Pick<OpenDecisions, 'store' | 'personal'>,
): Promise<Part<void>> => {
  const { log, codec, database } = foundation;
  const progress = reactorProgress(reactions);
  registerReactorMetrics(metrics, progress);
  const issue = issueTo({ store, personal, clock, random: { bytes16: () => randomBytes(16) } });
  const checkpoints = postgresCheckpointStore({ pool: database.pool });
  const tables: DecidedTables = (text, parameters) => query(database.pool, text, parameters);
  return startPart<void>('the reactor', stop, (ends, up) => {
    up();
    const recorded = { log, checkpoints, tables, issue, logger };
    const { pool } = database;
    const timers = [commandTimers({ ...recorded, listen: (channel) => listenTo({ ...channel, pool, logger }) })];
    const pace = { intervalMs: config.REACTOR_INTERVAL };
    const parts = { ...pace, ...recorded, codec, reactions, timers, topics, progress };
    return runReactor(parts, ends);
  });
};

/** It is up at once, too. */
const startExporter = (
  { foundation, config, logger, metrics, stop }: StackSettings,
  decisions: Pick<OpenDecisions, 'store' | 'personal'>,
  files: Files,
): Promise<Part<void>> => {
  const exporter = exporterPart({ foundation, decisions, files, config, logger, together: config.EXPORTER_TOGETHER });
  registerExporterMetrics(metrics, exporter.counts);
  return startPart<void>('the exporter', stop, (ends, up) => {
    up();
    return exporter.run(ends);
  });
};

const mqttUrlOf = ({ tcp }: Bridge, { MQTT_URL }: StackSettings['config']): string => {
  const url = tcp === undefined ? MQTT_URL : `mqtt://${tcp.host}:${tcp.port}`;
  if (url === undefined) throw new Error('the bridge has neither a port nor a broker');
  return url;
};

/** What bridges share: at a broker the one session there, and where devices connect to them their sessions, and which of them may. */
const openShared = async (
  { foundation, config, logger }: StackSettings,
  {
    decisions,
    atBroker,
  }: Pick<BridgeParts, 'atBroker'> & { readonly decisions: Pick<OpenDecisions, 'store' | 'personal'> },
  started: AsyncDisposableStack,
): Promise<Pick<BridgeParts, 'leases' | 'sessions' | 'nodes' | 'commands' | 'registrations' | 'atBroker'>> => {
  const openNodes = async () => {
    const nodes = await openAuthorizedNodes({ foundation, logger });
    started.defer(nodes.close);
    return nodes;
  };
  const commands = await openCommandWork({ foundation, codec: foundation.codec, logger, decisions });
  started.defer(commands.close);
  const registrations = registrationWork(commands.database);
  const store = await postgresLeaseStore(foundation.database.pool);
  started.defer(() => store.close());
  const limits = config.MQTT_MODE === 'listen' ? registrationLeases : {};
  const held = { commands, registrations, leases: leases({ store, newHolder: randomUUID, logger, limits }) };
  if (config.MQTT_MODE === 'connect') {
    return atBroker === undefined ? held : { ...held, atBroker, nodes: await openNodes() };
  }
  const nodes = await openNodes();
  const { store: sessions, close } = await openSessions({ foundation, logger });
  started.defer(close);
  return { ...held, sessions, nodes };
};

const unlessAborted = (promise: Promise<void>, giveUp: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => reject(giveUp.reason);
    if (giveUp.aborted) end();
    giveUp.addEventListener('abort', end, { once: true });
    promise.then(() => {
      giveUp.removeEventListener('abort', end);
      resolve();
    }, reject);
  });

/** That the tables can be read says nothing about messages: a process that takes none is not ready. @throws TransientFailure */
const mqttWorks = async (bridge: Bridge): Promise<void> => {
  const [reason] = notReady(bridge);
  if (reason !== undefined) throw reason;
};

/** Says when every projection has its tables: from then on there is something to ask. */
const announcing = (store: ReadModelStore, up: () => void): ReadModelStore => {
  const missing = new Set(projections.map(({ name }) => name));
  return {
    ...store,
    prepare: async (projection, partitions) => {
      const state = await store.prepare(projection, partitions);
      missing.delete(projection.name);
      if (missing.size === 0) up();
      return state;
    },
  };
};

/** The API shows what was only counted together with what was kept: both were refused. */
const apiCounters = ({ received, appended, quarantined, discarded, dropped }: IngestBalance) => ({
  received,
  appended,
  quarantined: quarantined + discarded,
  dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
});
