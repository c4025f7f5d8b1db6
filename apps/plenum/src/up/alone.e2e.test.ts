import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@plenum/postgres';
import { silentLogger, testDirectory, testServer } from '@plenum/postgres/testing';
import { connectAsync } from 'mqtt';
import { plenumUp } from '../testing/plenum-up.ts';

/** What is promised of 99 in 100 messages at 200 a second (`docs/performance.md`). */
const promiseMs = 100;
/** Far longer than the promise: a message that waited for company would be late. */
const intervalMs = 500;

it('shows a message alone on a quiet system within the promise', { timeout: 120_000 }, async (t) => {
  const { url } = await testServer(t);
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({ applicationName: 'test', connectionsMax: 2, logger: silentLogger, url });
  opened.defer(() => database.close());
  const secret = (): string => randomBytes(32).toString('base64url');
  const place = { PLENUM_DATA_DIR: testDirectory(t), DATABASE_URL: url, JWT_SECRET: secret() };
  const intervals = { INGEST_INTERVAL: `${intervalMs}ms`, PROJECTOR_INTERVAL: `${intervalMs}ms` };
  const up = await plenumUp(t, { ...place, ...intervals, PLENUM_MASTER_KEY: secret() });
  const device = await connectAsync(up.mqttUrl, { clientId: 'alone' });
  opened.defer(() => device.endAsync(true));

  const visibleMs: number[] = [];
  // A machine that does something else may hold up one of them; what the system makes wait, it makes wait each time.
  for (let value = 1; value <= 5; value += 1) {
    const sentMs = performance.now();
    const acknowledged = device.publishAsync('ceiling/sensors/alone_humidity/data', reading(value), { qos: 1 });
    await visible(database.pool, value);
    visibleMs.push(performance.now() - sentMs);
    await acknowledged;
    await sleep(intervalMs * 1.2); // The next one is alone again.
  }
  const [soonest = Number.NaN] = visibleMs.toSorted((a, b) => a - b);
  assert.ok(soonest < promiseMs, `visible after ${visibleMs.map(Math.round).join(', ')} ms`);
  await up.stop();
});

/** Settles when the tables have it. The database is asked again and again; it does not call. */
const visible = async (pool: Awaited<ReturnType<typeof openDatabase>>['pool'], value: number): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query('select from public.sensor_latest where value = $1', [value]);
    if (rows.length > 0) return;
    await sleep(2);
  }
};

const reading = (value: number): string =>
  JSON.stringify({
    ...{ sensor_type: 'humidity', value, unit: '%', location: { x: 1, y: 2, z: 3 } },
    timestamp: `2026-03-04T09:15:0${value}.000000`,
  });
