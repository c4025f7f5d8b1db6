import { topics } from '@plenum/catalogue';
import { clusterIdOf, kafkaLog } from '@plenum/kafka';
import type { Log, Presence } from '@plenum/runtime';
import type { FoundationSettings } from './foundation-settings.ts';
import { kafkaConnection } from './kafka-connection.ts';

export type OpenKafka = {
  readonly log: Log;
  /** The cluster's own name for itself, which it keeps for ever. */
  readonly clusterId: string;
  close(): Promise<void>;
};

type KafkaSettings = Pick<FoundationSettings, 'applicationName' | 'config' | 'logger' | 'stop'> & {
  /** Of this process, once it has a database. */
  readonly presence?: () => Presence | undefined;
};

/** @throws {ConfigError}; what `kafkaLog` throws; the reason of `stop`, also while a cluster that is away is waited for. */
export const openKafka = async (settings: KafkaSettings): Promise<OpenKafka> => {
  const { applicationName, config, logger, stop, presence } = settings;
  const connection = { ...(await kafkaConnection(config, applicationName)), logger };
  const { KAFKA_REPLICATION_FACTOR: replicationFactor } = config;
  stop.throwIfAborted();
  const opening = kafkaLog({
    ...connection,
    topics,
    missing: config.KAFKA_TOPICS_MISSING,
    compression: config.KAFKA_COMPRESSION,
    ...(replicationFactor !== undefined && { replicationFactor }),
    ...(presence !== undefined && { presence }),
  });
  const log = await unlessStopped(opening, stop);
  try {
    const clusterId = await clusterIdOf(connection);
    stop.throwIfAborted();
    return { log, clusterId, close: log.close };
  } catch (error) {
    await log.close();
    throw error;
  }
};

/** What is opened all the same, after nobody wants it any more, is closed. */
const unlessStopped = async <T extends Log>(opening: Promise<T>, stop: AbortSignal): Promise<T> => {
  const stopped = Promise.withResolvers<never>();
  const giveUp = (): void => stopped.reject(stop.reason);
  stop.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([opening, stopped.promise]);
  } catch (error) {
    if (stop.aborted) {
      opening.then(
        (log) => log.close(),
        () => undefined, // It is the waiting that ended, and that error says why.
      );
    }
    throw error;
  } finally {
    stop.removeEventListener('abort', giveUp);
  }
};
