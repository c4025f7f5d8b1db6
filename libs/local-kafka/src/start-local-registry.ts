/**
 * A real schema registry on this machine: Apicurio with its Confluent-compatible API, its data in a file, on loopback.
 * Which version depends on Java: 3.3 needs 21, and 2.6, the last line for 17, answers the same requests.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts, type Logger, portOrFree } from '@plenum/runtime';
import { cacheDirectoryUsual, fetchRelease } from './fetch-release.ts';
import { findJava } from './java.ts';
import { type Jvm, jvmFlags, lastLines, startJvm } from './jvm.ts';
import { endLeftBehind } from './pid-file.ts';
import { type RegistryVersion, registryReleases } from './releases.ts';
import { LocalKafkaUnavailable } from './unavailable.ts';

export type LocalRegistrySettings = {
  /** Holds schemas and output; made if missing, and reused from run to run. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Otherwise the newest that a Java on this machine can run. */
  readonly version?: RegistryVersion;
  readonly life?: 'with us' | 'stays';
  readonly port?: number;
  readonly cacheDirectory?: string;
  readonly java?: string;
};

export type LocalRegistry = {
  readonly version: RegistryVersion;
  /** The address for clients of the Confluent API. */
  readonly url: string;
  readonly pid: number;
  /** SIGSTOP and SIGCONT: connections stay, and nothing is answered once `freeze` has settled. */
  freeze(): Promise<void>;
  wake(): void;
  stop(): Promise<void>;
};

const readyMs = 90_000;
const attempts = 3;
const apiPath = '/apis/ccompat/v7';

/** @throws what `startLocalKafka` throws, for the same reasons. */
export const startLocalRegistry = async (settings: LocalRegistrySettings): Promise<LocalRegistry> => {
  const { logger, life = 'with us' } = settings;
  const directory = path.resolve(settings.dataDir);
  const { version, java } = await choose(settings);
  const release = await fetchRelease(registryReleases[version], {
    cacheDirectory: settings.cacheDirectory ?? cacheDirectoryUsual,
    logger,
  });
  await mkdir(directory, { recursive: true });
  await endLeftBehind(directory, logger);
  for (let attempt = 1; ; attempt += 1) {
    const [free = 0, management = 0] = await freePorts(2);
    const port = settings.port === undefined ? free : await portOrFree(settings.port);
    const url = `http://127.0.0.1:${port}${apiPath}`;
    const args = [
      ...jvmFlags,
      ...flagsOf[version](directory, port, management),
      '-jar',
      path.join(release, jarOf[version]),
    ];
    const jvm = await startJvm({ java, args, directory, life });
    try {
      await ready(jvm, url);
      logger.info({ version, url, dataDir: directory }, 'local schema registry is up');
      return control(jvm, version, url);
    } catch (error) {
      await jvm.stop();
      const lines = await lastLines(directory);
      if (lines.includes('already in use') && attempt < attempts) continue;
      throw new Error(`the local schema registry did not start. Its last lines:\n${lines}`, { cause: error });
    }
  }
};

const preferred: readonly RegistryVersion[] = ['3.3.3', '2.6.13.Final'];

const choose = async ({
  version,
  java,
}: LocalRegistrySettings): Promise<{ version: RegistryVersion; java: string }> => {
  let reason: unknown;
  for (const candidate of version === undefined ? preferred : [version]) {
    try {
      return { version: candidate, java: await findJava(registryReleases[candidate].javaMin, java) };
    } catch (error) {
      if (!(error instanceof LocalKafkaUnavailable)) throw error;
      reason = error;
    }
  }
  throw reason;
};

const jarOf: Readonly<Record<RegistryVersion, string>> = {
  '3.3.3': 'quarkus-run.jar',
  '2.6.13.Final': 'apicurio-registry-app-2.6.13.Final-runner.jar',
};

type Flags = (directory: string, port: number, managementPort: number) => readonly string[];

const fileOf = (directory: string): string => `jdbc:h2:file:${path.join(directory, 'registry')};DB_CLOSE_ON_EXIT=FALSE`;

const flagsOf: Readonly<Record<RegistryVersion, Flags>> = {
  '3.3.3': (directory, port, managementPort) => [
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${port}`,
    // On every interface at port 9000, unless set otherwise.
    '-Dquarkus.management.host=127.0.0.1',
    `-Dquarkus.management.port=${managementPort}`,
    '-Dapicurio.storage.kind=sql',
    '-Dapicurio.storage.sql.kind=h2',
    `-Dapicurio.datasource.url=${fileOf(directory)}`,
  ],
  '2.6.13.Final': (directory, port) => [
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${port}`,
    // In memory, unless set otherwise; and ids are in the records, so they have to outlive a restart.
    `-Dquarkus.datasource.jdbc.url=${fileOf(directory)}`,
  ],
};

const ready = async (jvm: Jvm, url: string): Promise<void> => {
  const late = AbortSignal.timeout(readyMs);
  let ended: string | undefined;
  void jvm.exited.then((how) => {
    ended = how;
  });
  for (;;) {
    late.throwIfAborted();
    if (ended !== undefined) throw new Error(`it ended: ${ended}`);
    const answer = await fetch(`${url}/subjects`, { signal: late }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await delay(50);
  }
};

const control = (jvm: Jvm, version: RegistryVersion, url: string): LocalRegistry => ({
  version,
  url,
  pid: jvm.pid,
  freeze: jvm.freeze,
  wake: jvm.wake,
  stop: jvm.stop,
});
