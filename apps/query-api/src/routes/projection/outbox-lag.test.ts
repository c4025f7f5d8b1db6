import assert from 'node:assert/strict';
import { it } from 'node:test';
import { consumerProgress, type OutboxLag, TransientFailure } from '@plenum/runtime';
import { fakeApp, nowUs } from '../../testing/fake-app.ts';

const agoMs = (milliseconds: number): number => nowUs / 1_000 - milliseconds;
const waiting: readonly OutboxLag[] = [
  { topic: 'plenum.access.decisions', partition: 0, records: 2n, sinceMs: agoMs(1_500) },
  { topic: 'plenum.access.decisions', partition: 1, records: 1n, sinceMs: agoMs(4_000) },
  { topic: 'plenum.access.credential-hashes', partition: 0, records: 0n, sinceMs: undefined },
];

it('what is decided and not in the log is part of the lag and a metric', async (t) => {
  const relay = { lag: async () => waiting, progress: { ...consumerProgress(), recordsRead: 7 } };
  const app = await fakeApp(t, { relay });
  const lag = JSON.parse((await app.inject('/api/v1/lag')).body);
  assert.deepEqual(lag.outbox, {
    ...{ records: 3, seconds: 4 },
    topics: [
      { topic: 'plenum.access.decisions', records: 3, seconds: 4 },
      { topic: 'plenum.access.credential-hashes', records: 0, seconds: 0 },
    ],
  });
  assert.ok(lag.projections.length > 0);
  const metrics = (await app.inject('/metrics')).body;
  assert.match(metrics, /^plenum_outbox_lag_records\{topic="plenum.access.decisions"\} 3$/m);
  assert.match(metrics, /^plenum_outbox_lag_seconds\{topic="plenum.access.decisions"\} 4$/m);
  assert.match(metrics, /^plenum_consumer_records_total\{consumer="outbox-relay"\} 7$/m);
});

it('of a store that is away no lag is reported', async (t) => {
  const away = async (): Promise<never> => {
    throw new TransientFailure('08006', 'away');
  };
  const app = await fakeApp(t, { relay: { lag: away, progress: consumerProgress() } });
  assert.equal((await app.inject('/api/v1/lag')).statusCode, 503);
  const metrics = await app.inject('/metrics');
  assert.equal(metrics.statusCode, 200);
  assert.doesNotMatch(metrics.body, /^plenum_outbox_lag_records\{/m);
});
