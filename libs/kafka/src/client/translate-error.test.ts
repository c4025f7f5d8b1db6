import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Poison, TransientFailure } from '@plenum/runtime';
import kafkajs from 'kafkajs';
import { translateError } from './translate-error.ts';

const protocol = (type: string, retriable: boolean): Error =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable, code: 1 }));

const given = (cause: Error): Error =>
  new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 1 });

it('finds what was the matter under what kafkajs did about it', () => {
  const translated = translateError(given(protocol('NOT_ENOUGH_REPLICAS', true)));
  assert.ok(translated instanceof TransientFailure);
  assert.equal(translated.code, 'NOT_ENOUGH_REPLICAS');
});

it('distinguishes transient failures, poison and what only a person can put right', () => {
  const connection = new kafkajs.KafkaJSConnectionError('refused', { broker: 'b', code: 'ECONNREFUSED' });
  assert.ok(translateError(connection) instanceof TransientFailure);
  assert.ok(translateError(given(connection)) instanceof TransientFailure);
  assert.ok(translateError(new Error('Broker not connected')) instanceof TransientFailure);
  assert.ok(translateError(protocol('OUT_OF_ORDER_SEQUENCE_NUMBER', false)) instanceof TransientFailure);
  assert.ok(translateError(protocol('MESSAGE_TOO_LARGE', false)) instanceof Poison);
  const forbidden = protocol('TOPIC_AUTHORIZATION_FAILED', false);
  assert.equal(translateError(forbidden), forbidden);
  const gone = protocol('OFFSET_OUT_OF_RANGE', true);
  assert.equal(translateError(gone), gone);
  const bug = new TypeError('a bug');
  assert.equal(translateError(bug), bug);
});
