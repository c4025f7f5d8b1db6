export type { Compression } from './batch/codecs.ts';
export type { Connection } from './client/client.ts';
export { clusterIdOf } from './cluster-id.ts';
export { type KafkaLog, type KafkaLogSettings, kafkaLog } from './kafka-log.ts';
export { type EnsureTopics, ensureTopics, TopicsDiffer } from './topics.ts';
