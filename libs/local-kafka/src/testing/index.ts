export { clusterReady } from '../cluster-ready.ts';
export type { KafkaVersion } from '../releases.ts';
export type { LocalKafka } from '../start-local-kafka.ts';
export { type TestKafka, type TestKafkaSettings, testKafka, whyNoKafka } from './test-kafka.ts';
export { type TestRegistry, testRegistry } from './test-registry.ts';
