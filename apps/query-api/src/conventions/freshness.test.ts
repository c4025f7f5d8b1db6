import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogRecord, TransientFailure } from '@plenum/runtime';
import type { ProjectionCheckpoint } from '../consumers/checkpoints.ts';
import { caughtUp, fakeApp, nowUs } from '../testing/fake-app.ts';

const away = async (): Promise<never> => {
  throw new TransientFailure('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432');
};
const nodes = { page: async () => [] };
const positions = async () => [{ partition: 0, first: 0n, next: 1n }];

const recordAt = (timestampMs: number): LogRecord => ({
  offset: 0n,
  timestampMs,
  key: 'a',
  value: new Uint8Array(),
  headers: {},
});

test('caught up with a log seen just now: age 0, and a position', async (t) => {
  const app = await fakeApp(t, { reads: { nodes } });
  const { headers } = await app.inject('/api/v1/nodes');
  assert.equal(headers['plenum-age'], '0');
  const position = JSON.parse(Buffer.from(String(headers['plenum-position']), 'base64url').toString());
  assert.deepEqual(position, {
    'nodes.v2.g1/plenum.ceiling.nodes': ['1'],
    'readings.v3.g1/plenum.ceiling.readings': ['1'],
  });
});

test('behind the log: as old as the oldest record that is missing', async (t) => {
  const app = await fakeApp(t, {
    reads: { nodes },
    log: {
      positions: async () => [{ partition: 0, first: 0n, next: 3n }],
      async *read({ topic, partition, from, to }) {
        assert.deepEqual([from, to], [1n, 2n]);
        const records = [recordAt(nowUs / 1_000 - (topic.endsWith('nodes') ? 12_500 : 2_000))];
        yield { topic, partition, fetchedOffset: from, records, nextOffset: to, endOffset: 3n };
      },
    },
  });
  assert.equal((await app.inject('/api/v1/nodes')).headers['plenum-age'], '12.500');
  const { projections } = JSON.parse((await app.inject('/api/v1/lag')).body);
  const [lag] = projections.filter(({ projection }: { projection: string }) => projection === 'nodes');
  assert.deepEqual([lag.records, lag.seconds, lag.age_seconds], [2, 12.5, 12.5]);
});

test('while the log is away, answers grow old by what it said last', async (t) => {
  let time = nowUs;
  let logIsThere = true;
  const app = await fakeApp(t, {
    reads: { nodes },
    clock: { nowUs: () => time },
    log: { positions: () => (logIsThere ? positions() : away()), async *read() {} },
  });
  assert.equal((await app.inject('/api/v1/nodes')).headers['plenum-age'], '0');
  logIsThere = false;
  time += 30_000_000;
  assert.equal((await app.inject('/api/v1/nodes')).headers['plenum-age'], '30.000');
  logIsThere = true;
  time += 2_000_000;
  assert.equal((await app.inject('/api/v1/nodes')).headers['plenum-age'], '0');
});

test('an age that is not known is no answer', async (t) => {
  const unseen = await fakeApp(t, { reads: { nodes }, log: { positions: away, async *read() {} } });
  const refused = await unseen.inject('/api/v1/nodes');
  assert.equal(refused.statusCode, 503);
  assert.equal(refused.headers['retry-after'], '2');
  assert.match(refused.body, /the age of an answer is not known/);

  const others: readonly ProjectionCheckpoint[] = caughtUp.filter(({ projection }) => projection !== 'nodes');
  const unprepared = await fakeApp(t, { reads: { nodes, checkpoints: { active: async () => others } } });
  assert.match((await unprepared.inject('/api/v1/nodes')).body, /read models are not made yet/);
});

test('many requests look at the checkpoints once', async (t) => {
  let looks = 0;
  const active = async () => {
    looks += 1;
    return caughtUp;
  };
  const app = await fakeApp(t, { reads: { nodes, checkpoints: { active } } });
  await Promise.all(Array.from({ length: 50 }, () => app.inject('/api/v1/nodes')));
  assert.equal(looks, 1);
});

test('the database away is a 503 that says when to come back and nothing of the inside', async (t) => {
  const app = await fakeApp(t, {
    reads: {
      nodes: { page: away },
      readings: { page: away, countSince: away },
      checkpoints: { active: away, ping: away },
    },
  });
  for (const url of ['/api/v1/nodes', '/api/v1/lag', '/api/v1/balance', '/api/v1/health/ready']) {
    const { statusCode, headers, body } = await app.inject(url);
    assert.equal(statusCode, 503, url);
    assert.equal(headers['retry-after'], '2', url);
    assert.equal(body.includes('10.0.0.7'), false, body);
    assert.equal(JSON.parse(body).status, 503);
  }
  assert.deepEqual(JSON.parse((await app.inject('/api/v1/health/ready')).body).down, {
    database: 'ECONNREFUSED',
    read_models: 'ECONNREFUSED',
  });
  const old = await app.inject('/api/iot/sensors/a/data');
  assert.equal(old.statusCode, 503);
  assert.deepEqual(Object.keys(JSON.parse(old.body)), ['success', 'error']);
  const health = await app.inject('/health');
  assert.deepEqual([health.statusCode, JSON.parse(health.body)], [503, { status: 'error', db: false }]);
  assert.equal((await app.inject('/api/v1/health/live')).statusCode, 200);
});

test('a query that takes too long is a problem of its own', async (t) => {
  const app = await fakeApp(t, {
    reads: {
      nodes: {
        page: async () => {
          throw new TransientFailure('57014', 'canceling statement due to statement timeout');
        },
      },
    },
  });
  const { statusCode, body, headers } = await app.inject('/api/v1/nodes');
  assert.deepEqual([statusCode, JSON.parse(body).type, headers['retry-after']], [503, '/problems/timeout', '5']);
});
