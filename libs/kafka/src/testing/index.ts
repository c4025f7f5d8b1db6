export { kafkaLogContract } from './contract.ts';
export { testTopic } from './test-topics.ts';
