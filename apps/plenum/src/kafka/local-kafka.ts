/** A Kafka for who asks for one and names none: the broker and the registry of this machine, under the data directory. */
import { type AssemblyConfig, registryOf } from '@plenum/assembly';
import { events } from '@plenum/catalogue';
import { kafkaDuring } from '@plenum/local-kafka';
import { registerSchemas, untilBack } from '@plenum/registry';
import type { Logger } from '@plenum/runtime';
import { localKafkaDirectory } from './local-kafka-directory.ts';

export type WithLog<C> = {
  /** As it was given, with the addresses of what was started. */
  readonly config: C;
  stop(): Promise<void>;
};

export type LocalLogSettings<C> = {
  readonly config: C;
  readonly logger: Logger;
  /** Called with what takes a while, in half a sentence. */
  readonly say: (text: string) => void;
  /** Where the catalogue's schemas are registered on the way: at a registry of this machine, or at any. */
  readonly registers: 'here' | 'always';
  readonly stop: AbortSignal;
};

/**
 * Sees to it that there is a Kafka where the log is to be on one and KAFKA_BROKERS is not set, with a registry that has
 * the catalogue's schemas unless SCHEMA_REGISTRY_URL is set. What it started ends with `stop`.
 * @throws LocalKafkaUnavailable, saying what is missing on this machine; the reason of `stop`.
 */
export const withLocalKafka = async <C extends AssemblyConfig>(settings: LocalLogSettings<C>): Promise<WithLog<C>> => {
  const { config, logger, say, stop } = settings;
  if (config.LOG !== 'kafka' || config.KAFKA_BROKERS !== undefined) {
    if (settings.registers === 'always') await deploySchemas(settings);
    return { config, stop: async () => undefined };
  }
  stop.throwIfAborted();
  const dataDir = localKafkaDirectory(config);
  say(`KAFKA_BROKERS is not set: a Kafka of this machine, with its data in ${dataDir}`);
  const registry = config.SCHEMA_REGISTRY_URL === undefined ? 'with' : 'without';
  const kafka = await kafkaDuring({ dataDir, logger, registry });
  try {
    stop.throwIfAborted();
    const url = config.SCHEMA_REGISTRY_URL ?? kafka.registryUrl;
    const found = { ...config, KAFKA_BROKERS: kafka.brokers, SCHEMA_REGISTRY_URL: url };
    say(`Kafka at ${kafka.brokers.join(', ')}${url === undefined ? '' : `, registry at ${url}`}`);
    if (registry === 'with' || settings.registers === 'always') await deploySchemas({ ...settings, config: found });
    return { config: found, stop: kafka.stop };
  } catch (error) {
    await kafka.stop();
    throw error;
  }
};

type Deploying = Pick<LocalLogSettings<AssemblyConfig>, 'config' | 'logger' | 'stop'>;

/** The step of a deployment that processes which serve never take by themselves. @throws RegistryRefusal; TransientFailure. */
const deploySchemas = async ({ config, logger, stop }: Deploying): Promise<void> => {
  const client = await registryOf(config);
  if (client !== undefined) await untilBack(() => registerSchemas(client, events), { logger, stop });
};
