/** A Kafka and a registry for as long as somebody needs them. */
import path from 'node:path';
import { startLocalKafka } from './start-local-kafka.ts';
import { startLocalRegistry } from './start-local-registry.ts';
import { brokerPortUsual, type KafkaUpSettings, kafkaStatus, registryDirectory, registryPortUsual } from './up-down.ts';

export type KafkaDuring = {
  readonly brokers: readonly string[];
  readonly registryUrl: string | undefined;
  /** Ends what was started for this; what ran before runs on. */
  stop(): Promise<void>;
};

/**
 * Those that `kafkaUp` left running on the directory, else others on the same data, which end with `stop` and, however
 * that goes, with this process.
 * @throws what `startLocalKafka` throws.
 */
export const kafkaDuring = async (settings: KafkaUpSettings): Promise<KafkaDuring> => {
  const dataDir = path.resolve(settings.dataDir);
  const there = await kafkaStatus({ ...settings, dataDir });
  if (there.state === 'up') {
    return { brokers: there.brokers, registryUrl: there.registry?.url, stop: async () => undefined };
  }
  const common = { ...settings, life: 'with us' } as const;
  const { version: _, ...forRegistry } = common;
  await using started = new AsyncDisposableStack();
  const starting = async <T extends { stop(): Promise<void> }>(start: Promise<T>): Promise<T> => {
    const one = await start;
    started.defer(() => one.stop());
    return one;
  };
  const kafka = starting(startLocalKafka({ ...common, dataDir, port: brokerPortUsual }));
  const registry =
    settings.registry === 'without'
      ? undefined
      : starting(startLocalRegistry({ ...forRegistry, dataDir: registryDirectory(dataDir), port: registryPortUsual }));
  // When one cannot start, the other is ended, and has to have started for that.
  await Promise.allSettled([kafka, registry]);
  const { brokers } = await kafka;
  const registryUrl = (await registry)?.url;
  const parts = started.move();
  return { brokers, registryUrl, stop: () => parts.disposeAsync() };
};
