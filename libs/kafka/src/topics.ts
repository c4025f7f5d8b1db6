/** Topics as they were declared: made where they are missing, and compared with what the cluster says they are. */
import type { Topic } from '@plenum/event';
import { backOff, type Logger, retry, TransientFailure } from '@plenum/runtime';
import kafkajs, { type Admin } from 'kafkajs';
import { type Connection, connectAdmin } from './client/client.ts';
import { translateError } from './client/translate-error.ts';

export type EnsureTopics = {
  readonly topics: readonly Topic[];
  /**
   * How many brokers keep a copy. Without it a topic that is made gets three, or as many as there are brokers just then,
   * and one that is there may have any number.
   */
  readonly replicationFactor?: number;
  /** `refuse`: a missing topic is a difference like any other, for clusters in which other people make topics. */
  readonly missing?: 'create' | 'refuse';
  /** How long to wait for a cluster that is away. */
  readonly retryMs?: number;
};

/** The cluster's topics are not what was declared. Nothing was changed in those that were there. */
export class TopicsDiffer extends Error {
  readonly differences: readonly string[];
  constructor(differences: readonly string[]) {
    super(`topics differ from what is declared: ${differences.join('; ')}`);
    this.name = 'TopicsDiffer';
    this.differences = differences;
  }
}

const replicationUsual = 3;

/**
 * Makes what is missing and reads everything back.
 * @throws TopicsDiffer with every difference named; TransientFailure when the cluster is away for too long.
 */
export const ensureTopics = async (connection: Connection, settings: EnsureTopics): Promise<void> => {
  const { logger } = connection;
  const once = async (): Promise<void> => {
    const admin = await connectAdmin({ ...connection, retries: 2 });
    try {
      await ensure(admin, settings, logger);
    } finally {
      await admin.disconnect();
    }
  };
  await retry(once, {
    ...{ logger, waiting: 'the topics cannot be looked at', translate: translateError },
    ...{ wait: backOff(100, 1_000), forMs: settings.retryMs ?? 30_000 },
  });
};

const ensure = async (admin: Admin, settings: EnsureTopics, logger: Logger | undefined): Promise<void> => {
  const { topics, replicationFactor, missing = 'create' } = settings;
  const { brokers } = await admin.describeCluster();
  const copiesUsual = Math.min(replicationUsual, brokers.length);
  const there = new Set(await namesAt(admin));
  const absent = topics.filter((topic) => !there.has(topic.name));
  if (absent.length > 0 && missing === 'refuse') throw new TopicsDiffer(absent.map(({ name }) => `${name} is missing`));
  if (absent.length > 0) {
    const wanted = absent.map((topic) => toCreate(topic, replicationFactor ?? copiesUsual));
    // `false` says that another process was faster: what it made is compared below like everything else.
    await admin.createTopics({ waitForLeaders: true, topics: wanted }).catch(nameEach);
  }
  const copies = await copiesOf(admin, topics);
  const differences = [...shapes(topics, copies, replicationFactor), ...(await configs(admin, topics, copies))];
  if (differences.length > 0) throw new TopicsDiffer(differences);
  const few = replicationFactor === undefined ? shapes(topics, copies, copiesUsual) : [];
  // Made while brokers were still coming up, say: nothing adds copies later, so a person has to.
  if (few.length > 0)
    logger?.warn({ few, brokers: brokers.length }, 'topics have fewer copies than brokers could keep');
};

/**
 * Topics that the cluster has. kafkajs takes an answer apart that it has not got when no broker answers (2.2.4, `withBroker`).
 * @throws TransientFailure then; whatever else kafkajs throws.
 */
export const namesAt = (admin: Pick<Admin, 'listTopics'>): Promise<readonly string[]> =>
  admin.listTopics().catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
    throw new TransientFailure('kafka', 'no broker says which topics there are', { cause: error });
  });

/** kafkajs says only that there were errors; which topic had which is inside. */
const nameEach = (error: unknown): never => {
  if (!(error instanceof kafkajs.KafkaJSAggregateError)) throw error;
  const reasons = error.errors.map((each) =>
    // What it makes them of, a `KafkaJSCreateTopicError`, has the topic, and no type.
    each instanceof Error && 'topic' in each ? `${String(each.topic)}: ${each.message}` : String(each),
  );
  throw new Error(`topics could not be made: ${reasons.join('; ')}`, { cause: error });
};

/** More copies in sync than there are copies would be a topic that takes nothing. */
export const declaredConfig = (topic: Topic, copies: number): Readonly<Record<string, string>> => ({
  ...topic.config,
  'min.insync.replicas': String(Math.min(Number(topic.config['min.insync.replicas']), copies)),
});

const toCreate = (topic: Topic, copies: number) => ({
  topic: topic.name,
  numPartitions: topic.partitions,
  replicationFactor: copies,
  configEntries: Object.entries(declaredConfig(topic, copies)).map(([name, value]) => ({ name, value })),
});

/** How often each partition of each topic is kept. */
type Copies = ReadonlyMap<string, readonly number[]>;

const copiesOf = async (admin: Admin, topics: readonly Topic[]): Promise<Copies> => {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  return new Map(found.map(({ name, partitions }) => [name, partitions.map(({ replicas }) => replicas.length)]));
};

const shapes = (topics: readonly Topic[], copies: Copies, wanted: number | undefined): readonly string[] =>
  topics.flatMap(({ name, partitions }) => {
    const actual = copies.get(name) ?? [];
    const fewest = Math.min(...actual);
    return [
      ...(actual.length === partitions ? [] : [`${name} has ${actual.length} partitions, not ${partitions}`]),
      ...(wanted === undefined || fewest >= wanted ? [] : [`${name} is kept ${fewest} times, not ${wanted}`]),
    ];
  });

const configs = async (admin: Admin, topics: readonly Topic[], copies: Copies): Promise<readonly string[]> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((topic) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: topic.name,
      configNames: Object.keys(topic.config),
    })),
  });
  return topics.flatMap((topic) => {
    const entries = resources.find(({ resourceName }) => resourceName === topic.name)?.configEntries ?? [];
    return Object.entries(declaredConfig(topic, Math.min(...(copies.get(topic.name) ?? [])))).flatMap(
      ([name, declared]) => {
        const actual = entries.find(({ configName }) => configName === name)?.configValue;
        return actual === declared ? [] : [`${topic.name} has ${name} ${actual ?? 'unset'}, not ${declared}`];
      },
    );
  });
};
