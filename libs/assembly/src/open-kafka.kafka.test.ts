/** The settings against a real broker that wants TLS and a password. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { type Environment, readConfig } from '@plenum/config';
import { testKafka } from '@plenum/local-kafka/testing';
import { silentLogger, testDirectory, testServer } from '@plenum/postgres/testing';
import { DatabaseOfAnotherLog } from './database-of-log.ts';
import { openFoundation, openLog } from './open-foundation.ts';
import { assemblySettings } from './settings.ts';

const credentials = { username: 'plenum', password: 'open sesame' };
const { kafka, skip, stop } = await testKafka({ credentials });
after(stop);

const settings = (environment: Environment, stopping = new AbortController().signal) => ({
  ...{ applicationName: 'test', connectionsMax: 4, logger: silentLogger, stop: stopping },
  config: readConfig(assemblySettings, { LOG: 'kafka', ...environment }),
});
const KAFKA_BROKERS = kafka?.brokers.join(',');

describe('the log on Kafka', { skip }, () => {
  it('is reached by TLS and SCRAM, without a database', async (t) => {
    const folder = testDirectory(t);
    await mkdir(folder, { recursive: true });
    const KAFKA_SSL_CA = path.join(folder, 'ca.pem');
    await writeFile(KAFKA_SSL_CA, kafka?.secured?.ca ?? '');
    const guarded = {
      ...{ KAFKA_BROKERS: kafka?.secured?.brokers.join(','), KAFKA_SSL: 'true', KAFKA_SSL_CA },
      ...{ KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: credentials.username },
    };
    const { log, close } = await openLog(settings({ ...guarded, KAFKA_SASL_PASSWORD: credentials.password }));
    const record = { key: 'k', value: Buffer.from('v'), headers: {}, timestampMs: Date.now() };
    const [range] = await log.append([{ topic: 'plenum.quarantine.messages', ...record }]);
    assert.equal(range?.count, 1);
    await close();
    await assert.rejects(openLog(settings({ ...guarded, KAFKA_SASL_PASSWORD: 'wrong' })), /auth/i);
  });

  it('claims a database by the id of its cluster', async (t) => {
    const { url } = await testServer(t);
    const first = await openFoundation(settings({ KAFKA_BROKERS, DATABASE_URL: url }));
    await first.close();
    const again = await openFoundation(settings({ KAFKA_BROKERS, DATABASE_URL: url }));
    await again.close();
    await assert.rejects(openFoundation(settings({ LOG: 'postgres', DATABASE_URL: url })), DatabaseOfAnotherLog);
  });
});

it('stops waiting for a cluster that is away when it is asked to', async () => {
  const stopping = new AbortController();
  const opening = openLog(settings({ KAFKA_BROKERS: '127.0.0.1:1' }, stopping.signal));
  stopping.abort();
  await assert.rejects(opening, { name: 'AbortError' });
});
