import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { testKafka } from '@plenum/local-kafka/testing';
import { silentLogger } from '@plenum/runtime/testing';
import { appendSuite } from './testing/append-suite.ts';
import { closeSuite } from './testing/close-suite.ts';
import { kafkaLogContract } from './testing/contract.ts';
import { killedSuite } from './testing/killed-suite.ts';
import { readSuite } from './testing/read-suite.ts';
import { subscribeSuite } from './testing/subscribe-suite.ts';
import { topicsSuite } from './testing/topics-suite.ts';

const warnings: string[] = [];
process.on('warning', ({ name }) => warnings.push(name));

const credentials = { username: 'plenum', password: 'open sesame' };
const { kafka, skip, stop } = await testKafka({ version: '4.1.1', logger: silentLogger, credentials });

describe('on Apache Kafka 4.1.1', { skip }, () => {
  after(stop);
  if (kafka === undefined) return;
  kafkaLogContract(kafka);
  appendSuite(kafka);
  subscribeSuite(kafka);
  killedSuite(kafka);
  readSuite(kafka);
  topicsSuite(kafka);
  closeSuite(kafka);
  it('has made Node warn of nothing, a timer in the past least of all', () => {
    assert.deepEqual(warnings, []);
  });
});
