import { after, describe } from 'node:test';
import { testKafka } from '@plenum/local-kafka/testing';
import { silentLogger } from '@plenum/runtime/testing';
import { kafkaLogContract } from './testing/contract.ts';
import { readSuite } from './testing/read-suite.ts';

const { kafka, skip, stop } = await testKafka({ version: '3.9.1', logger: silentLogger });

describe('on Apache Kafka 3.9.1', { skip }, () => {
  after(stop);
  if (kafka === undefined) return;
  kafkaLogContract(kafka);
  readSuite(kafka);
});
