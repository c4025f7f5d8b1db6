import { after, describe } from 'node:test';
import { kafkaLogContract } from './testing/contract.ts';
import { quiet, testKafka } from './testing/test-kafka.ts';

const { kafka, skip, stop } = await testKafka({ version: '4.1.1', logger: quiet });

describe('on Apache Kafka 4.1.1', { skip }, () => {
  after(stop);
  if (kafka) kafkaLogContract(kafka);
});
