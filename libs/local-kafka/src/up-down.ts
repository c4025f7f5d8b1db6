/** A Kafka and a registry that stay: `plenum kafka up`, `down` and `status`. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@plenum/runtime';
import { askCluster } from './ask-cluster.ts';
import { nodeDirectory } from './broker-node.ts';
import { runningOn, waitUntilGone } from './pid-file.ts';
import type { KafkaVersion, RegistryVersion } from './releases.ts';
import { startLocalKafka } from './start-local-kafka.ts';
import { startLocalRegistry } from './start-local-registry.ts';

export type KafkaUpSettings = {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly version?: KafkaVersion;
  readonly nodes?: 1 | 3;
  readonly registry?: 'with' | 'without';
  readonly cacheDirectory?: string;
  readonly java?: string;
};

export type KafkaPlace = Pick<KafkaUpSettings, 'dataDir' | 'logger'>;

export type KafkaStatus =
  | { readonly state: 'down' }
  /** Processes are there, and the cluster does not answer. */
  | (UpKafka & { readonly state: 'silent' })
  | (UpKafka & { readonly state: 'up'; readonly topics: number });

export type UpKafka = {
  readonly version: KafkaVersion;
  readonly brokers: readonly string[];
  readonly pids: readonly number[];
  readonly registry: { readonly url: string; readonly version: RegistryVersion; readonly pid: number } | undefined;
};

export const brokerPortUsual = 9092;
export const registryPortUsual = 8081;

const patienceMs = 15_000;
const answerMs = 5_000;
const nodesMax = 3;

/** What is written down about it, so that another process can say where it is. */
type Written = Pick<UpKafka, 'version' | 'brokers'> & {
  readonly registry: { url: string; version: RegistryVersion } | undefined;
};

const fileIn = (dataDir: string): string => path.join(dataDir, 'local-kafka.json');
export const registryDirectory = (dataDir: string): string => path.join(dataDir, 'registry');
const directoriesIn = (dataDir: string): readonly string[] =>
  Array.from({ length: nodesMax }, (_, index) => nodeDirectory(dataDir, index + 1));

/**
 * Starts what does not run yet and leaves it running when this process ends. Where it runs already, says where.
 * @throws what `startLocalKafka` throws.
 */
export const kafkaUp = async (settings: KafkaUpSettings): Promise<UpKafka> => {
  const dataDir = path.resolve(settings.dataDir);
  const there = await kafkaStatus({ ...settings, dataDir });
  if (there.state === 'up') return there;
  if (there.state === 'silent') await kafkaDown({ ...settings, dataDir });
  await mkdir(dataDir, { recursive: true });
  const common = { ...settings, life: 'stays' } as const;
  const kafka = await startLocalKafka({ ...common, dataDir, port: brokerPortUsual });
  try {
    const registry =
      settings.registry === 'without'
        ? undefined
        : await startLocalRegistry({
            ...{ life: 'stays', logger: settings.logger, dataDir: registryDirectory(dataDir), port: registryPortUsual },
            ...(settings.cacheDirectory !== undefined && { cacheDirectory: settings.cacheDirectory }),
            ...(settings.java !== undefined && { java: settings.java }),
          });
    const { version, brokers } = kafka;
    const written: Written = {
      version,
      brokers,
      registry: registry && { url: registry.url, version: registry.version },
    };
    await writeFile(fileIn(dataDir), `${JSON.stringify(written, undefined, 2)}\n`);
    return { version, brokers, pids: [...kafka.pids().values()], registry };
  } catch (error) {
    await kafka.stop();
    throw error;
  }
};

/** Stops whatever runs on the directory. @returns how many processes that were. */
export const kafkaDown = async ({ dataDir, logger }: KafkaPlace): Promise<number> => {
  const root = path.resolve(dataDir);
  const stopped = await Promise.all([...directoriesIn(root), registryDirectory(root)].map(endGently));
  await rm(fileIn(root), { force: true });
  const count = stopped.filter(Boolean).length;
  logger.info({ dataDir: root, processes: count }, 'local Kafka is down');
  return count;
};

export const kafkaStatus = async ({ dataDir, logger }: KafkaPlace): Promise<KafkaStatus> => {
  const root = path.resolve(dataDir);
  const running = await Promise.all(directoriesIn(root).map(runningOn));
  const pids = running.flatMap((found) => (found ? [found.pid] : []));
  const text = await readFile(fileIn(root), 'utf8').catch(() => undefined);
  if (pids.length === 0 || text === undefined) return { state: 'down' };
  // Written by `kafkaUp` alone.
  const { version, brokers, registry } = JSON.parse(text) as Written;
  const registryPid = (await runningOn(registryDirectory(root)))?.pid;
  const known: UpKafka = {
    ...{ version, brokers, pids },
    registry: registry && registryPid !== undefined ? { ...registry, pid: registryPid } : undefined,
  };
  try {
    const { topics } = await Promise.any(brokers.map((address) => askCluster(address, answerMs)));
    return { ...known, state: 'up', topics: topics.filter((name) => !name.startsWith('__')).length };
  } catch (error) {
    logger.debug({ error: String(error) }, 'local Kafka does not answer');
    return { ...known, state: 'silent' };
  }
};

/** @returns whether there was one. */
const endGently = async (directory: string): Promise<boolean> => {
  const found = await runningOn(directory);
  if (found === undefined) return false;
  process.kill(found.pid, 'SIGTERM');
  process.kill(found.pid, 'SIGCONT');
  const insist = setTimeout(() => process.kill(found.pid, 'SIGKILL'), patienceMs);
  try {
    await waitUntilGone(found.pid, directory);
  } finally {
    clearTimeout(insist);
  }
  await rm(path.join(directory, 'pid.json'), { force: true });
  return true;
};
