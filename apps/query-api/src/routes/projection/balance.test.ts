import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApp } from '../../testing/fake-app.ts';

test('what was dropped is not under way', async (t) => {
  const app = await fakeApp(t, { bridgeCounters: () => ({ received: 10, appended: 5, quarantined: 2, dropped: 2 }) });
  const { bridge } = JSON.parse((await app.inject('/api/v1/balance')).body);
  assert.deepEqual(bridge, { received: 10, appended: 5, quarantined: 2, dropped: 2, unsettled: 1 });
});
