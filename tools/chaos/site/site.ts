/**
 * A whole Plenum on this machine, each part a process of its own as an init system would run it: PostgreSQL, a bridge,
 * two projectors, the reactor, exporters, the API, and simulated devices. Every connection between them runs over a wire that can be cut.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { assemblySettings, openCodec, openFoundation } from '@plenum/assembly';
import { readConfig } from '@plenum/config';
import { type EmbeddedServer, startEmbedded } from '@plenum/embedded-postgres';
import { postgisBinaries } from '@plenum/embedded-postgres/testing';
import { type FaultProxy, faultProxy } from '@plenum/fault-proxy/testing';
import { createLogger } from '@plenum/metrics';
import type { Database } from '@plenum/postgres';
import { beforeDeadline, type EventCodec, freePort, freePorts, type Log, type Logger } from '@plenum/runtime';
import { seededNumbers } from '@plenum/simulation';
import { oneOf } from '../numbers.ts';
import { type ApiHeaders, issueSiteKey, type SiteSecrets, siteSecrets } from './api-key.ts';
import { guardSite } from './guard.ts';
import { type KafkaParts, startKafkaParts } from './kafka-parts.ts';
import { inFolder, inS3, type KeptFiles } from './kept-files.ts';
import { type Load, startLoad } from './load.ts';
import { startMosquitto } from './mosquitto.ts';
import { type LogLine, type Program, runProgram } from './program.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';
import { type SmallDisk, smallDisk } from './small-disk.ts';

export type SiteSettings = {
  /** Everything that the site keeps; removed with it. */
  readonly directory: string;
  /** What the programs say. */
  readonly logs: string;
  /** What keeps the log. */
  readonly log: 'postgres' | 'kafka';
  /** Whether devices connect to the bridge, or to a Mosquitto that it subscribes at. */
  readonly mqtt: 'listen' | 'connect';
  readonly seed: number;
  readonly nodes: number;
  readonly ratePerSecond: number;
  /** Whether the server is this machine's own, with PostGIS; else npm's. */
  readonly postgis?: boolean;
  /** How many bridges devices may connect to; one unless said. */
  readonly replicas?: number;
  /** How many exporters there are; none unless said. */
  readonly exporters?: number;
  /** Where they keep files; a folder unless said. */
  readonly files?: 'folder' | 's3';
  /** Whether the database gets a disk of its own, which can be filled. */
  readonly ownDisk: boolean;
  /** Called with what the bridge logs. */
  readonly bridgeSaid?: (line: LogLine) => void;
  /** A module that every program of ours loads before anything else, and what it is given. */
  readonly preload?: { readonly module: string; readonly environment: Readonly<Record<string, string>> };
};

export type Site = {
  /** Where they subscribe at a broker there are two: one of them stands by. */
  readonly bridges: readonly Program[];
  /** Where devices connect to bridges: a way to each. */
  readonly replicas: readonly Replica[];
  readonly projectors: readonly Program[];
  readonly reactor: Program;
  readonly exporters: readonly Program[];
  /** Where they keep the files, and the API finds them. */
  readonly keptFiles: KeptFiles;
  readonly api: Program;
  readonly programs: readonly Program[];
  readonly server: EmbeddedServer;
  /** The disk below the database, or why there is none. */
  readonly disk: SmallDisk | string;
  /** By name of the program: its way to the database. */
  readonly databaseWires: ReadonlyMap<string, FaultProxy>;
  /** To a bridge by chance, or to Mosquitto. */
  readonly deviceWire: FaultProxy;
  /** Where devices connect to Mosquitto: it, and the way of the bridges to it. */
  readonly mosquitto: Program | undefined;
  readonly brokerWire: FaultProxy | undefined;
  /** Where the log is Kafka: the broker and the registry. */
  readonly kafka: KafkaParts | undefined;
  /** By name of the program. */
  readonly clocks: ReadonlyMap<string, SettableClock>;
  readonly load: Load;
  /** Where everybody writes what they say. */
  readonly logs: string;
  /** Of all programs. */
  readonly secrets: SiteSecrets;
  readonly apiUrl: string;
  /** What requests to the API are let in with. */
  readonly apiHeaders: ApiHeaders;
  readonly mqttPort: number;
  /** Where each program serves its metrics. */
  readonly metricsUrls: ReadonlyMap<string, string>;
  /** A way of our own into the database, past all wires. */
  readonly database: Database;
  readonly log: Log;
  readonly codec: EventCodec;
  close(): Promise<void>;
};

/** A bridge as devices see it. */
export type Replica = {
  /** Of its program. */
  readonly name: string;
  readonly wire: FaultProxy;
  /** Its processes, one after the other, by the mark that stands at the sessions they have. */
  readonly marks: ReadonlySet<string>;
};

const root = path.join(import.meta.dirname, '../../..');
const diskBytes = 1536 * 2 ** 20;
/** Small enough for the disk; what is filled is the rest of it. */
const databaseFlags = ['max_wal_size=128MB', 'min_wal_size=32MB'];

/** Settles when devices can connect and send. */
export const startSite = async (settings: SiteSettings): Promise<Site> => {
  const { directory, logs } = settings;
  await mkdir(directory, { recursive: true });
  await mkdir(logs, { recursive: true });
  const stack = new AsyncDisposableStack();
  try {
    const disk = settings.ownDisk ? await smallDisk(directory, diskBytes) : 'nobody asked for one';
    stack.defer(() => rm(directory, { recursive: true, force: true }));
    if (typeof disk !== 'string') stack.defer(() => disk.remove());
    const dataDir = path.join(typeof disk === 'string' ? directory : disk.directory, 'postgres');
    const logger = createLogger({ name: 'chaos', level: 'silent', to: 'stderr' });
    const server = await startEmbedded({
      ...{ dataDir, port: 0, sync: false, flags: databaseFlags, logger },
      ...(settings.postgis === true && { binaries: postgisBinaries() }),
    });
    const letGo = guardSite(logs, dataDir);
    stack.defer(letGo);
    stack.defer(() => server.stop());
    const kafka = settings.log === 'kafka' ? await startKafkaParts(directory, logger) : undefined;
    if (kafka !== undefined) stack.defer(() => kafka.stop());
    const environment = kafka?.environment ?? {};
    const secrets = siteSecrets();
    const parts = await startPrograms(settings, { server, environment, secrets }, stack);
    const own = await openOwnWay({ ...environment, DATABASE_URL: server.url }, logger);
    stack.defer(() => own.close());
    const apiHeaders = await issueSiteKey({ foundation: own, codec: own.codec, secrets, logger });
    const load = await startLoad({ ...settings, port: parts.deviceWire.port, directory: logs });
    stack.defer(() => load.kill());
    return {
      ...parts,
      ...own,
      logs,
      secrets,
      apiHeaders,
      server,
      kafka,
      disk,
      load,
      close: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

type Own = { readonly database: Database; readonly log: Log; readonly codec: EventCodec; close(): Promise<void> };

const openOwnWay = async (environment: Readonly<Record<string, string>>, logger: Logger): Promise<Own> => {
  const config = readConfig(assemblySettings, environment);
  const stop = new AbortController().signal;
  const foundation = await openFoundation({ applicationName: 'chaos', connectionsMax: 4, config, logger, stop });
  return { ...foundation, codec: await openCodec({ config, logger, stop }) };
};

type Parts = Pick<
  Site,
  | 'bridges'
  | 'replicas'
  | 'mosquitto'
  | 'brokerWire'
  | 'projectors'
  | 'reactor'
  | 'exporters'
  | 'keptFiles'
  | 'api'
  | 'programs'
  | 'databaseWires'
  | 'deviceWire'
  | 'clocks'
  | 'apiUrl'
  | 'mqttPort'
  | 'metricsUrls'
>;

type Foundation = {
  readonly server: EmbeddedServer;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: SiteSecrets;
};

const startPrograms = async (
  settings: SiteSettings,
  { server, environment: common, secrets }: Foundation,
  stack: AsyncDisposableStack,
): Promise<Parts> => {
  const { logs, preload } = settings;
  const loading = preload === undefined ? [] : ['--import', preload.module];
  const isListening = settings.mqtt === 'listen';
  const mqttPorts = await freePorts(isListening ? (settings.replicas ?? 1) : 1);
  const [mqttPort = 0] = mqttPorts;
  const httpPort = await freePort();
  const broker = isListening ? undefined : await startBroker(settings, mqttPort, stack);
  const keptFiles = await keptFilesOf(settings, stack);
  const listening = listenersOf(mqttPorts.length);
  const wanted = await programsOf(settings, {
    ...{ mqttPorts, httpPort, brokerWire: broker?.wire, keptFiles, secrets },
    listening: listening.heard,
  });
  const databaseWires = new Map<string, FaultProxy>();
  const clocks = new Map<string, SettableClock>();
  const programs: Program[] = [];
  for (const { name, app, environment, heard } of wanted) {
    const wire = await faultProxy({ to: () => ({ port: server.port }) });
    stack.defer(() => wire.close());
    const clock = settableClock(path.join(logs, `${name}.clock`), () =>
      programs.find((one) => one.name === name)?.pid(),
    );
    const program = runProgram({
      name,
      command: [process.execPath, ...process.execArgv, ...loading, path.join(root, 'apps', app, 'src/main.ts')],
      environment: {
        ...{ ...common, ...environment, ...clock.environment, ...preload?.environment },
        DATABASE_URL: wire.through(server.url),
      },
      directory: logs,
      ...(heard !== undefined && { heard }),
    });
    programs.push(program);
    stack.defer(async () => void (await program.stop()));
    databaseWires.set(name, wire);
    clocks.set(name, clock);
  }
  await soonEnough(listening.all, logs);
  const numbers = seededNumbers(settings.seed);
  const wireTo = async (ports: readonly number[]): Promise<FaultProxy> => {
    const wire = await faultProxy({ to: () => ({ port: oneOf(numbers, ports) }) });
    stack.defer(() => wire.close());
    return wire;
  };
  const deviceWire = await wireTo(mqttPorts);
  const replicas = await Promise.all(
    (isListening ? mqttPorts : []).map(async (port, index): Promise<Replica> => {
      const name = bridgeName(index);
      return { name, wire: await wireTo([port]), marks: listening.marksOf(name) };
    }),
  );
  const named = (start: string): readonly Program[] => programs.filter(({ name }) => name.startsWith(start));
  const [[api], [reactor]] = [named('api'), named('reactor')];
  if (api === undefined || reactor === undefined) throw new Error('there is no API or no reactor among the programs');
  return {
    ...{ bridges: named('bridge'), projectors: named('projector'), exporters: named('exporter'), keptFiles },
    ...{ reactor, api, programs, replicas },
    ...{ mosquitto: broker?.program, brokerWire: broker?.wire, databaseWires, deviceWire, clocks, mqttPort },
    apiUrl: `http://127.0.0.1:${httpPort}`,
    metricsUrls: new Map(wanted.map(({ name, metricsPort }) => [name, `http://127.0.0.1:${metricsPort}/metrics`])),
  };
};

const keptFilesOf = async (
  { directory, logs, files }: SiteSettings,
  stack: AsyncDisposableStack,
): Promise<KeptFiles> => {
  if (files !== 's3') return inFolder(directory);
  const kept = await inS3(directory, logs);
  stack.defer(async () => void (await kept.server.stop()));
  return kept;
};

const startBroker = async ({ directory, logs }: SiteSettings, port: number, stack: AsyncDisposableStack) => {
  const program = await startMosquitto(directory, logs, port);
  stack.defer(async () => void (await program.stop()));
  const wire = await faultProxy({ to: () => ({ port }) });
  stack.defer(() => wire.close());
  return { program, wire };
};

type Wanted = {
  readonly name: string;
  readonly app: string;
  readonly metricsPort: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly heard?: (line: LogLine) => void;
};

type Ways = {
  readonly mqttPorts: readonly number[];
  readonly httpPort: number;
  readonly brokerWire: FaultProxy | undefined;
  readonly keptFiles: KeptFiles;
  readonly secrets: SiteSecrets;
  /** To be called with what a bridge logs. */
  readonly listening: (name: string, line: LogLine) => void;
};

const bridgeName = (index: number): string => `bridge-${index + 1}`;

type Listeners = {
  readonly heard: Ways['listening'];
  /** Settles when so many bridges hear devices. */
  readonly all: Promise<void>;
  marksOf(name: string): ReadonlySet<string>;
};

const listenersOf = (count: number): Listeners => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const marks = new Map<string, Set<string>>();
  const marksOf = (name: string): Set<string> => marks.getOrInsertComputed(name, () => new Set());
  return {
    heard: (name, line) => {
      const hasSession = line.msg === 'the session with the broker' && line.state === 'open';
      if (!hasSession && line.msg !== 'the bridge takes MQTT connections') return;
      marksOf(name).add(String(line.replica));
      if (marks.size === count) resolve();
    },
    all: promise,
    marksOf,
  };
};

const programsOf = async (
  settings: SiteSettings,
  { mqttPorts, httpPort, brokerWire, keptFiles, secrets, listening }: Ways,
): Promise<readonly Wanted[]> => {
  const { mqtt, bridgeSaid } = settings;
  const isConnecting = mqtt === 'connect';
  const brokerPort = String(brokerWire?.port);
  const bridges = await Promise.all(
    (isConnecting ? [0, 0] : mqttPorts).map(async (port, index): Promise<Wanted> => {
      const name = bridgeName(index);
      const metricsPort = await freePort();
      const mqttSettings: Record<string, string> = isConnecting
        ? { MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${brokerPort}` }
        : { MQTT_PORT: String(port), MQTT_WS_PORT: '0' };
      const environment = { ...mqttSettings, BRIDGE_PROBES_PORT: String(metricsPort) };
      const heard = (line: LogLine): void => {
        listening(name, line);
        bridgeSaid?.(line);
      };
      return { name, app: 'mqtt-bridge', metricsPort, environment, heard };
    }),
  );
  const projectors = await Promise.all(
    ['projector-1', 'projector-2'].map(async (name): Promise<Wanted> => {
      const metricsPort = await freePort();
      return { name, app: 'projector', metricsPort, environment: { PROJECTOR_PROBES_PORT: String(metricsPort) } };
    }),
  );
  const exporters = await Promise.all(
    Array.from({ length: settings.exporters ?? 0 }, async (_, index): Promise<Wanted> => {
      const metricsPort = await freePort();
      const { PLENUM_MASTER_KEY } = secrets;
      const environment = { ...keptFiles.environment, EXPORTER_PROBES_PORT: String(metricsPort), PLENUM_MASTER_KEY };
      return { name: `exporter-${index + 1}`, app: 'exporter', metricsPort, environment };
    }),
  );
  const probesPort = await freePort();
  const reactor = { REACTOR_PROBES_PORT: String(probesPort), PLENUM_MASTER_KEY: secrets.PLENUM_MASTER_KEY };
  const api = { HTTP_HOST: '127.0.0.1', PORT: String(httpPort), API_MQTT_URL: `mqtt://127.0.0.1:${mqttPorts[0]}` };
  const environment = { ...api, ...keptFiles.environment, ...secrets };
  return [
    ...[...bridges, ...projectors, ...exporters],
    { name: 'reactor', app: 'reactor', metricsPort: probesPort, environment: reactor },
    { name: 'api', app: 'query-api', metricsPort: httpPort, environment },
  ];
};

const listeningMsMax = 90_000;

const soonEnough = (listening: Promise<void>, logs: string): Promise<void> =>
  beforeDeadline(listening, listeningMsMax).catch((error: unknown) => {
    throw new Error(`the bridge does not listen; see ${logs}`, { cause: error });
  });
