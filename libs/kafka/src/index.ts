export type { Compression } from './batch/codecs.ts';
export type { Connection } from './client/client.ts';
export { clusterIdOf } from './cluster-id.ts';
export { type KafkaLog, type KafkaLogSettings, kafkaLog } from './kafka-log.ts';
export { ReleaseChanged } from './local/fetch-release.ts';
export { type KafkaDuring, kafkaDuring } from './local/kafka-during.ts';
export { DirectoryInUse } from './local/pid-file.ts';
export { type KafkaVersion, kafkaVersions, kafkaVersionUsual, type RegistryVersion } from './local/releases.ts';
export { type LocalKafka, type LocalKafkaSettings, startLocalKafka } from './local/start-local-kafka.ts';
export { type LocalRegistry, type LocalRegistrySettings, startLocalRegistry } from './local/start-local-registry.ts';
export { LocalKafkaUnavailable } from './local/unavailable.ts';
export {
  type KafkaPlace,
  type KafkaStatus,
  type KafkaUpSettings,
  kafkaDown,
  kafkaStatus,
  kafkaUp,
  type UpKafka,
} from './local/up-down.ts';
export { type EnsureTopics, ensureTopics, TopicsDiffer } from './topics.ts';
