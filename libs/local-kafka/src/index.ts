export { ReleaseChanged } from './fetch-release.ts';
export { type KafkaDuring, kafkaDuring } from './kafka-during.ts';
export { DirectoryInUse } from './pid-file.ts';
export { type KafkaVersion, kafkaVersions, kafkaVersionUsual, type RegistryVersion } from './releases.ts';
export { type LocalKafka, type LocalKafkaSettings, startLocalKafka } from './start-local-kafka.ts';
export { type LocalRegistry, type LocalRegistrySettings, startLocalRegistry } from './start-local-registry.ts';
export { LocalKafkaUnavailable } from './unavailable.ts';
export {
  type KafkaPlace,
  type KafkaStatus,
  type KafkaUpSettings,
  kafkaDown,
  kafkaStatus,
  kafkaUp,
  type UpKafka,
} from './up-down.ts';
