export { kafkaLogContract } from './contract.ts';
export { type TestKafka, type TestKafkaSettings, testKafka, whyNoKafka } from './test-kafka.ts';
export { type TestRegistry, testRegistry } from './test-registry.ts';
export { testTopic } from './test-topics.ts';
