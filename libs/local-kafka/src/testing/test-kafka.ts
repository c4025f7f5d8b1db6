/** A real broker for tests, in a folder that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@plenum/runtime/testing';
import { cacheDirectoryUsual, fetchRelease } from '../fetch-release.ts';
import { findJava } from '../java.ts';
import { type KafkaVersion, kafkaRelease, kafkaVersionUsual } from '../releases.ts';
import { type LocalKafka, type LocalKafkaSettings, startLocalKafka } from '../start-local-kafka.ts';
import { LocalKafkaUnavailable } from '../unavailable.ts';

/** Why no broker can be run on this machine, or `false`. Nothing is started. */
export const whyNoKafka = async (version: KafkaVersion = kafkaVersionUsual): Promise<string | false> => {
  try {
    const release = kafkaRelease(version);
    await findJava(release.javaMin);
    await fetchRelease(release, { cacheDirectory: cacheDirectoryUsual, logger: silentLogger });
    return false;
  } catch (error) {
    if (!(error instanceof LocalKafkaUnavailable)) throw error;
    return `no Kafka on this machine: ${error.message}`;
  }
};

export type TestKafka =
  | { readonly kafka: LocalKafka; readonly skip: false; readonly stop: () => Promise<void> }
  /** Why there is none. A suite says so and is counted as skipped; it never passes unseen. */
  | { readonly kafka: undefined; readonly skip: string; readonly stop: () => Promise<void> };

export type TestKafkaSettings = Partial<Pick<LocalKafkaSettings, 'version' | 'nodes' | 'credentials' | 'logger'>>;

/** To be awaited at the top of a test file: whether there is a broker decides which suites can run. */
export const testKafka = async (settings: TestKafkaSettings): Promise<TestKafka> => {
  const skip = await whyNoKafka(settings.version);
  if (skip !== false) return { kafka: undefined, skip, stop: async () => undefined };
  const dataDir = await mkdtemp(path.join(tmpdir(), 'plenum-kafka-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const kafka = await startLocalKafka({ logger: silentLogger, ...settings, dataDir });
    return {
      kafka,
      skip,
      async stop() {
        // Nobody reads its data again, so there is nothing to end in order.
        await Promise.all([...kafka.pids().keys()].map((node) => kafka.kill(node)));
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
