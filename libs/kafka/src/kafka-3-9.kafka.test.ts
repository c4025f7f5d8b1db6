import { after, describe } from 'node:test';
import { kafkaLogContract } from './testing/contract.ts';
import { readSuite } from './testing/read-suite.ts';
import { quiet, testKafka } from './testing/test-kafka.ts';

const { kafka, skip, stop } = await testKafka({ version: '3.9.1', logger: quiet });

describe('on Apache Kafka 3.9.1', { skip }, () => {
  after(stop);
  if (kafka === undefined) return;
  kafkaLogContract(kafka);
  readSuite(kafka);
});
