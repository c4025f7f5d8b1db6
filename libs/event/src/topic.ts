/** A place in the log, declared once; the brokers' settings and the reference page come from it. */
export type Topic = {
  readonly name: string;
  /** What is in it, and what its key is, for people. */
  readonly about: string;
  readonly keyedBy: string;
  /** Decisions come from the event store by the outbox relay, and from nowhere else. */
  readonly holds: 'observations' | 'decisions';
  /** Frozen for the life of the name: a different count is a new topic and a migration. */
  readonly partitions: number;
  readonly config: TopicConfig;
};

/** Kafka's names, kept as they are: they are read back from the broker and compared at start. */
export type TopicConfig = {
  readonly 'retention.ms': string;
  readonly 'cleanup.policy': string;
  readonly 'unclean.leader.election.enable': string;
  readonly 'min.insync.replicas': string;
  readonly 'max.message.bytes': string;
};

type Declared = Pick<Topic, 'name' | 'about' | 'keyedBy'> & Partial<Pick<Topic, 'holds' | 'partitions'>>;

/** A topic that keeps everything for ever, and prefers refusing a write to losing one. */
export const defineTopic = ({ partitions = 8, holds = 'observations', ...declared }: Declared): Topic => ({
  ...declared,
  holds,
  partitions,
  config: {
    'retention.ms': '-1',
    'cleanup.policy': 'delete',
    'unclean.leader.election.enable': 'false',
    'min.insync.replicas': '2',
    'max.message.bytes': '1048588',
  },
});
