import { after, describe } from 'node:test';
import { kafkaLogContract } from './testing/contract.ts';
import { quiet, testKafka } from './testing/test-kafka.ts';

const { kafka, skip, stop } = await testKafka({ version: '3.9.1', logger: quiet });

describe('on Apache Kafka 3.9.1', { skip }, () => {
  after(stop);
  if (kafka) kafkaLogContract(kafka);
});
