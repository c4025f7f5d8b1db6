import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { startProgram } from '@plenum/runtime/testing';

/** Ends what waits for ever for the database's word. */
const timed = { timeout: 120_000 };

it('projects what is in the log as a process of its own, answers probes, and drains on SIGTERM', timed, async (t) => {
  const { url } = await testServer(t);
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({ applicationName: 'test', connectionsMax: 4, logger: silentLogger, url });
  opened.defer(() => database.close());
  const log = await postgresLog({ pool: database.pool, topics, logger: silentLogger });
  opened.defer(() => log.close());
  await log.append([...readings(0, 300), ...readings(0, 10)]);

  const projector = start(t, { DATABASE_URL: url, PROJECTOR_PROBES_PORT: '0', PROJECTOR_BATCH_MAX: '50' });
  const { port } = await projector.logged('probes are served');
  await projector.logged('projection started');
  await log.append(readings(300, 400));
  await projected(database.pool, 410);

  const counters = await database.pool.query(
    `select sum(read)::int as read, sum(applied)::int as applied, sum(duplicates)::int as duplicates,
            sum(parked)::int as parked from plenum.checkpoint where consumer = 'readings'`,
  );
  assert.deepEqual(counters.rows[0], { read: 410, applied: 400, duplicates: 10, parked: 0 });
  const { rows } = await database.pool.query(
    `select (select count(*)::int from sensor_data) as readings, (select count(*)::int from sensor_latest) as sensors,
            (select sum(readings)::int from sensor_minutes) as counted`,
  );
  assert.deepEqual(rows[0], { readings: 400, sensors: 7, counted: 400 });

  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), { status: 'ready', reasons: [], parked: {} });
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /plenum_consumer_records_total\{consumer="readings"\} 410/);

  projector.process.kill('SIGTERM');
  assert.deepEqual(await projector.exited, [0, null]);
});

it('says which settings do not fit, and exits with 78', async (t) => {
  const projector = start(t, { PROJECTOR_BATCH_MAX: 'many', PROJECTOR_POOL_MAX: '1' });
  assert.deepEqual(await projector.exited, [78, null]);
  const complaint = projector.stderr();
  assert.match(complaint, /PROJECTOR_BATCH_MAX/);
  assert.match(complaint, /PROJECTOR_POOL_MAX/);
});

const main = new URL('./main.ts', import.meta.url).pathname;
const start = (t: TestContext, env: Readonly<Record<string, string>>) => startProgram(t, { words: [main], env });

const codec = avroCodec(events);

const readings = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).map((id) => {
    const timeUs = 1_780_000_000_000_000 + id * 1_000_000;
    return codec.encode({
      id: `00000000-0000-7000-8000-${id.toString(16).padStart(12, '0')}`,
      type: 'plenum.ceiling.ReadingReported',
      source: 'test',
      effectiveTimeUs: timeUs,
      recordedTimeUs: timeUs,
      data: {
        sensor_id: `node-${id % 7}_humidity`,
        node_id: `node-${id % 7}`,
        sensor_type: 'humidity',
        value: id / 3,
        unit: '%',
        timestamp: new Date(timeUs / 1_000).toISOString(),
        device_time: timeUs,
        location: { x: 1, y: 2, z: 3, zone: undefined },
        metadata: undefined,
        message_id: undefined,
      },
    });
  });

/** Settles when so many records of the readings are in. The database is asked again and again; it does not call. */
const projected = async (
  pool: { query(text: string): Promise<{ readonly rows: readonly { readonly read: number }[] }> },
  count: number,
): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query(
      `select pg_sleep(0.005), (select coalesce(sum(read), 0)::int from plenum.checkpoint
        where consumer = 'readings') as read`,
    );
    if ((rows[0]?.read ?? 0) >= count) return;
  }
};
