import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, type Environment, readConfig } from '@plenum/config';
import { kafkaConnection } from './kafka-connection.ts';
import { assemblySettings } from './settings.ts';

const connectionOf = (environment: Environment) =>
  kafkaConnection(readConfig(assemblySettings, { LOG: 'kafka', ...environment }), 'plenum query-api log');

const problemsOf = async (environment: Environment): Promise<readonly string[]> => {
  try {
    await connectionOf(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /open sesame/);
    return error.problems.map(({ name, problem }) => `${name} ${problem}`);
  }
  return [];
};

const KAFKA_BROKERS = 'one:9092, two:9092';

describe('the connection to Kafka', () => {
  it('is plain unless something else is said', async () => {
    assert.deepEqual(await connectionOf({ KAFKA_BROKERS }), {
      brokers: ['one:9092', 'two:9092'],
      clientId: 'plenum-query-api-log',
    });
  });

  it('takes TLS and SASL as they are set', async () => {
    const file = import.meta.filename;
    const { ssl, sasl } = await connectionOf({
      ...{ KAFKA_BROKERS, KAFKA_SSL: 'true', KAFKA_SSL_CA: file },
      ...{ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'plenum', KAFKA_SASL_PASSWORD: 'open sesame' },
    });
    assert.ok(typeof ssl === 'object' && String(ssl.ca).includes('the connection to Kafka'));
    assert.deepEqual(sasl, { mechanism: 'scram-sha-512', username: 'plenum', password: 'open sesame' });
  });

  it('is refused with everything named that is missing', async () => {
    assert.deepEqual(await problemsOf({ KAFKA_SSL_CERT: 'a.crt', KAFKA_SASL_PASSWORD: 'open sesame' }), [
      'KAFKA_BROKERS is missing: LOG=kafka needs it.',
      'KAFKA_SSL_KEY is missing: a certificate and its key are only of use together.',
      'KAFKA_SSL_CERT is of no use without KAFKA_SSL=true.',
      'KAFKA_SASL_MECHANISM is missing: it goes with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
      'KAFKA_SASL_USERNAME is missing: it goes with KAFKA_SASL_MECHANISM and KAFKA_SASL_PASSWORD.',
    ]);
  });

  it('is refused when a file cannot be read', async () => {
    const [problem = ''] = await problemsOf({ KAFKA_BROKERS, KAFKA_SSL: 'true', KAFKA_SSL_CA: 'not/there.crt' });
    assert.match(problem, /^KAFKA_SSL_CA names a file that cannot be read: ENOENT/);
  });
});
