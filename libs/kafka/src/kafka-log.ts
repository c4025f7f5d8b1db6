/** The log on Kafka. */
import type { Topic } from '@plenum/event';
import type { Log, Logger, Presence } from '@plenum/runtime';
import { openAppender } from './append/appender.ts';
import { openProducers } from './append/producers.ts';
import type { Compression } from './batch/codecs.ts';
import type { Connection } from './client/client.ts';
import { rangeReader } from './read/range-reader.ts';
import { openReaderCluster } from './read/reader-cluster.ts';
import { subscribe } from './subscribe/subscribe.ts';
import { type EnsureTopics, ensureTopics } from './topics.ts';

export type KafkaLogSettings = Connection &
  Omit<EnsureTopics, 'retryMs'> & {
    readonly logger: Logger;
    /** Of batches in the log; zstd otherwise. */
    readonly compression?: Compression;
    /**
     * Whether the broker recognises a batch that is sent again because its answer was lost. False otherwise, and such a
     * batch is in the log twice, in order: readers know an event by its id. kafkajs makes an idempotent producer
     * ask about every topic of the cluster, so that it cannot come up while any of them is without a leader.
     */
    readonly idempotent?: boolean;
    /** How long an append or a read is tried before it is rejected with TransientFailure. */
    readonly retryMs?: number;
    /** How long a member may be silent before its partitions go to others. */
    readonly sessionTimeoutMs?: number;
    /** How long a group waits for a member that finishes a batch before it goes on without it. */
    readonly rebalanceTimeoutMs?: number;
    /**
     * Asked at every subscription: with it, members whose process was killed are taken out of their group by the one that joins,
     * and not waited for until their session is over.
     */
    readonly presence?: () => Presence | undefined;
    readonly partitionsConcurrently?: number;
    /**
     * Of one answer of one broker, as compressed as the log has it: a megabyte of readings can be ten when they are
     * unpacked, and several times that as objects. Of each partition no more is that than a batch and what is handed over.
     * kafkajs fetches again when all of an answer is handled, so all partitions should fit into it.
     */
    readonly fetchBytesMax?: number;
    readonly fetchBytesPerPartitionMax?: number;
  };

export type KafkaLog = Log & {
  /** Bytes handed to `append` and not yet settled. */
  queuedBytes(): number;
};

/** The shortest that a broker grants by default: so long a group waits for a member that was killed. */
const sessionUsualMs = 6_000;

/**
 * Longer than a handler takes for a batch. So long, and a little longer, is also waited for a coordinator that froze
 * while a member joined.
 */
const rebalanceUsualMs = 15_000;

/** An idempotent producer has one request to a broker under way; any other has as many as there are partitions. */
const producersOf = (idempotent: boolean): number => (idempotent ? 4 : 1);

/**
 * Connects, makes missing topics and checks the others.
 * @throws TopicsDiffer when a topic is not as declared; TransientFailure when the cluster is away for longer than `retryMs`.
 */
export const kafkaLog = async (settings: KafkaLogSettings): Promise<KafkaLog> => {
  const { topics: declared, logger, retryMs = 30_000, sessionTimeoutMs = sessionUsualMs } = settings;
  await ensureTopics(settings, { ...settings, retryMs });
  const topics: ReadonlyMap<string, Topic> = new Map(declared.map((topic) => [topic.name, topic]));
  const { compression = 'zstd', idempotent = false } = settings;
  const producers = Array.from({ length: producersOf(idempotent) }, () =>
    openProducers({ ...settings, compression, idempotent }),
  );
  const appender = openAppender({ topics, producers, retryMs, logger });
  const cluster = openReaderCluster(settings, retryMs);
  const reader = rangeReader(cluster, topics);
  const closing = new AbortController();
  const subscriptions = new Set<Promise<void>>();

  return {
    append: appender.append,
    queuedBytes: appender.queuedBytes,
    async subscribe(subscription, stop) {
      for (const topic of subscription.topics) {
        if (!topics.has(topic)) throw new Error(`topic ${topic} was not declared when the log was opened`);
      }
      const parts = {
        connection: settings,
        cluster,
        reader,
        logger,
        presence: settings.presence?.(),
        sessionTimeoutMs,
        rebalanceTimeoutMs: settings.rebalanceTimeoutMs ?? rebalanceUsualMs,
        heartbeatMs: Math.min(3_000, Math.floor(sessionTimeoutMs / 10)),
        partitionsConcurrently: settings.partitionsConcurrently ?? 8,
        maxBytes: settings.fetchBytesMax ?? 2 * 1024 * 1024,
        maxBytesPerPartition: settings.fetchBytesPerPartitionMax ?? 256 * 1024,
      };
      const running = subscribe(parts, subscription, AbortSignal.any([stop, closing.signal]));
      subscriptions.add(running);
      try {
        await running;
      } finally {
        subscriptions.delete(running);
      }
    },
    read: reader.read,
    positions: reader.ends,
    positionsAt: reader.endsAt,
    async close() {
      closing.abort();
      await appender.close();
      await Promise.allSettled(subscriptions);
      await cluster.close();
    },
  };
};
