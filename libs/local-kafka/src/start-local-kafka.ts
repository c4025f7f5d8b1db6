/**
 * A real Apache Kafka on this machine: one node or three, KRaft, on loopback and free ports, from Maven Central. For
 * tests, and for the one command that gives somebody a Kafka to try.
 */
import path from 'node:path';
import { freePorts, type Logger, portOrFree } from '@plenum/runtime';
import { type NodeSettings, nodeDirectory, prepareNode, startNode } from './broker-node.ts';
import type { NodePorts } from './broker-settings.ts';
import { clusterReady } from './cluster-ready.ts';
import { cacheDirectoryUsual, fetchRelease } from './fetch-release.ts';
import { findJava } from './java.ts';
import { type Jvm, lastLines } from './jvm.ts';
import { endLeftBehind } from './pid-file.ts';
import { type KafkaVersion, kafkaRelease, kafkaVersionUsual } from './releases.ts';
import { type Credentials, type Secured, secureListener } from './secure-listener.ts';

export type LocalKafkaSettings = {
  /** Holds the brokers' data and output; made if missing, and reused from run to run. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly version?: KafkaVersion;
  readonly nodes?: 1 | 3;
  /** `with us` (usual): the brokers end when this process does, however it ends. `stays`: until they are stopped. */
  readonly life?: 'with us' | 'stays';
  /** The first broker's port to try; when it is taken, and for the others, free ones are used. */
  readonly port?: number;
  /** Asks for a second listener with TLS and SASL, with this one user. */
  readonly credentials?: Credentials;
  /** Where releases are kept; the working tree's `.cache/kafka` otherwise. */
  readonly cacheDirectory?: string;
  /** The Java program; otherwise the first suitable one that is found. */
  readonly java?: string;
};

export type LocalKafka = {
  readonly version: KafkaVersion;
  /** Addresses, node 1 first. They stay the same through `kill` and `start`. */
  readonly brokers: readonly string[];
  /** The guarded listener, if one was asked for. */
  readonly secured:
    | { readonly brokers: readonly string[]; readonly ca: string; readonly credentials: Credentials }
    | undefined;
  /** Process ids by node; a node that is down has none. */
  pids(): ReadonlyMap<number, number>;
  /** Ends all brokers in an orderly way. May be called twice. */
  stop(): Promise<void>;
  /** `kill -9`. Settles when the process is gone. */
  kill(node: number): Promise<void>;
  /** SIGSTOP: it keeps its connections and says nothing. Settles when it has stopped. */
  freeze(node: number): Promise<void>;
  wake(node: number): void;
  /** Starts a node that is down. Does not wait until it serves. */
  start(node: number): Promise<void>;
};

const readyMs = 60_000;
const attempts = 3;

/**
 * Settles when the cluster answers.
 * @throws LocalKafkaUnavailable when Java, Maven or the release cannot be had; ReleaseChanged when the cached files are
 *   not what is committed; DirectoryInUse; else an error with the broker's last lines.
 */
export const startLocalKafka = async (settings: LocalKafkaSettings): Promise<LocalKafka> => {
  const { logger, version = kafkaVersionUsual, nodes = 1, life = 'with us', credentials } = settings;
  const dataDir = path.resolve(settings.dataDir);
  const release = kafkaRelease(version);
  const java = await findJava(release.javaMin, settings.java);
  const jars = await fetchRelease(release, { cacheDirectory: settings.cacheDirectory ?? cacheDirectoryUsual, logger });
  const directories = Array.from({ length: nodes }, (_, index) => nodeDirectory(dataDir, index + 1));
  for (const directory of directories) await endLeftBehind(directory, logger);
  const secured = credentials && (await secureListener(java, path.join(dataDir, 'secured'), credentials));

  for (let attempt = 1; ; attempt += 1) {
    const all = await choosePorts(nodes, settings.port);
    const each = all.map(
      (ports, index): NodeSettings => ({
        version,
        ports,
        all,
        secured,
        java,
        jars,
        life,
        directory: directories[index] ?? dataDir,
      }),
    );
    const cluster = await launch(each);
    try {
      await ready(cluster, all);
      logger.info({ version, brokers: brokersOf(all), dataDir }, 'local Kafka is up');
      return control({ version, all, cluster, secured, logger });
    } catch (error) {
      const lines = (await Promise.all(directories.map(lastLines))).join('\n');
      await Promise.all([...cluster.running.values()].map((jvm) => jvm.stop()));
      // Between our look and its start, somebody else can take a port.
      if (lines.includes('Address already in use') && attempt < attempts) continue;
      throw new Error(`local Kafka did not start. Its last lines:\n${lines}`, { cause: error });
    }
  }
};

type Cluster = { readonly settings: ReadonlyMap<number, NodeSettings>; readonly running: Map<number, Jvm> };

const choosePorts = async (nodes: number, wanted: number | undefined): Promise<readonly NodePorts[]> => {
  const free = await freePorts(nodes * 3);
  const first = wanted === undefined ? undefined : await portOrFree(wanted);
  return Array.from({ length: nodes }, (_, index) => {
    const [broker = 0, controller = 0, secured = 0] = free.slice(index * 3, index * 3 + 3);
    return { node: index + 1, broker: index === 0 ? (first ?? broker) : broker, controller, secured };
  });
};

const brokersOf = (all: readonly NodePorts[]): readonly string[] => all.map(({ broker }) => `127.0.0.1:${broker}`);

const launch = async (each: readonly NodeSettings[]): Promise<Cluster> => {
  await Promise.all(each.map(prepareNode));
  const cluster: Cluster = {
    settings: new Map(each.map((settings) => [settings.ports.node, settings])),
    running: new Map(),
  };
  for (const [node, settings] of cluster.settings) cluster.running.set(node, await startNode(settings));
  return cluster;
};

const ready = async ({ running }: Cluster, all: readonly NodePorts[]): Promise<void> => {
  const given = new AbortController();
  const died = Promise.race(
    [...running].map(async ([node, jvm]) => {
      throw new Error(`node ${node} ended: ${await jvm.exited}`);
    }),
  );
  const late = AbortSignal.timeout(readyMs);
  try {
    await Promise.race([clusterReady(brokersOf(all), AbortSignal.any([given.signal, late])), died]);
  } finally {
    given.abort();
    // A broker that ends from now on was stopped or killed on purpose.
    died.catch(() => undefined);
  }
};

type Controlled = {
  readonly version: KafkaVersion;
  readonly all: readonly NodePorts[];
  readonly cluster: Cluster;
  readonly secured: Secured | undefined;
  readonly logger: Logger;
};

const control = ({ version, all, cluster, secured, logger }: Controlled): LocalKafka => {
  const { running, settings } = cluster;
  const jvmOf = (node: number): Jvm => {
    const jvm = running.get(node);
    if (jvm === undefined) throw new Error(`node ${node} is not running`);
    return jvm;
  };
  const watch = (node: number, jvm: Jvm): void => {
    void jvm.exited.then((how) => {
      if (running.get(node) !== jvm) return;
      running.delete(node);
      logger.warn({ node, how }, 'a local broker ended by itself');
    });
  };
  for (const [node, jvm] of running) watch(node, jvm);
  return {
    version,
    brokers: brokersOf(all),
    secured: secured && {
      brokers: all.map((ports) => `127.0.0.1:${ports.secured}`),
      ca: secured.ca,
      credentials: secured.credentials,
    },
    pids: () => new Map([...running].map(([node, jvm]) => [node, jvm.pid])),
    async stop() {
      const jvms = [...running.values()];
      running.clear();
      await Promise.all(jvms.map((jvm) => jvm.stop()));
    },
    async kill(node) {
      const jvm = jvmOf(node);
      running.delete(node);
      await jvm.kill();
    },
    freeze: (node) => jvmOf(node).freeze(),
    wake: (node) => jvmOf(node).wake(),
    async start(node) {
      const known = settings.get(node);
      if (known === undefined || running.has(node))
        throw new Error(`node ${node} cannot be started: ${known ? 'it runs' : 'there is none'}`);
      const jvm = await startNode(known);
      running.set(node, jvm);
      watch(node, jvm);
    },
  };
};
