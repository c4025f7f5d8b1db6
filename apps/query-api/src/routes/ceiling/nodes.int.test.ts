import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingsProjection } from '@plenum/ceiling';
import { formatTimeUs } from '@plenum/event';
import { nowUs } from '../../testing/fake-app.ts';
import { type World, world } from '../../testing/world.ts';

const at = { x: 1, y: 2, z: 3 };
const minute = 60_000_000;

const wholeMs = (timeUs: number): number => timeUs - (timeUs % 1_000);

/** Said at that time, and come then. */
const sayReading = ({ say }: World, sensor: string, type: string, timeUs: number, metadata?: object) => {
  const reading = {
    sensor_type: type,
    value: 21.5,
    unit: '°C',
    timestamp: formatTimeUs(timeUs),
    location: at,
    metadata,
  };
  return say(`ceiling/sensors/${sensor}/data`, reading, wholeMs(timeUs));
};

/** A reading that no table takes. */
const plantReading = ({ plant }: World, sensor: string, timeUs: number) =>
  plant(`ceiling/sensors/${sensor}/data`, {
    sensor_type: 'humidity',
    value: 21.5,
    unit: '°C',
    timestamp: formatTimeUs(timeUs),
    location: at,
  });

/** Said at that time, and come then. */
const register = ({ say }: World, node: string, timeUs: number, more: object = {}) =>
  say(
    `ceiling/nodes/${node}/registration`,
    {
      location: at,
      sensors: ['temperature'],
      firmware_version: '1.2.0',
      capabilities: { wireless: true },
      status: 'online',
      last_seen: formatTimeUs(timeUs),
      ...more,
    },
    wholeMs(timeUs),
  );

test('a node is stale when neither it nor its sensors were heard of', async (t) => {
  const there = await world(t);
  await register(there, 'silent', nowUs - 10 * minute);
  await register(there, 'speaks', nowUs - minute);
  await register(there, 'measures', nowUs - 10 * minute);
  await sayReading(there, 'measures_temperature', 'temperature', nowUs - minute);
  await register(there, 'claims', nowUs - 10 * minute, { sensors: ['never-seen'] });
  await sayReading(there, 'odd-one', 'temperature', nowUs - minute);
  await register(there, 'claims-it', nowUs - 10 * minute, { sensors: ['odd-one'] });
  await there.project();

  const idsOf = async (filter: string) =>
    (await there.get(`/api/v1/nodes?${filter}`)).items.map(({ node_id }: { node_id: string }) => node_id);
  assert.deepEqual(await idsOf('stale=true'), ['claims', 'silent']);
  assert.deepEqual(await idsOf('stale=false'), ['claims-it', 'measures', 'speaks']);
  assert.deepEqual(await idsOf('status=online&limit=1&stale=true'), ['claims']);
  assert.deepEqual(await idsOf('status=error'), []);
  assert.deepEqual(await there.get('/api/v1/network/status'), {
    total_nodes: 5,
    online_nodes: 5,
    offline_nodes: 0,
    network_health: 100,
    stale_nodes: 2,
  });
});

test('what is stale follows from what came, and not from the clocks of devices', async (t) => {
  const there = await world(t);
  const yearsAgo = nowUs - 1_000 * 24 * 60 * minute;
  await register(there, 'status', nowUs - 20 * minute);
  await there.say('ceiling/nodes/status/status', { status: 'error', timestamp: formatTimeUs(yearsAgo) });
  await register(there, 'reading', nowUs - 20 * minute);
  await sayReading(there, 'reading_temperature', 'temperature', nowUs - 15 * minute);
  const old = { sensor_type: 'temperature', value: 1, unit: 'C', timestamp: formatTimeUs(yearsAgo), location: at };
  await there.say('ceiling/sensors/reading_temperature/data', old);
  await there.say(
    'ceiling/nodes/ahead/status',
    { status: 'online', timestamp: formatTimeUs(nowUs - 8 * minute) },
    wholeMs(nowUs - 11 * minute),
  );
  await there.project();

  const { items } = await there.get('/api/v1/nodes');
  assert.deepEqual(
    items.map(({ node_id, stale }: { node_id: string; stale: boolean }) => [node_id, stale]),
    [
      ['ahead', true],
      ['reading', false],
      ['status', false],
    ],
  );
  const [reading] = (await there.get('/api/v1/nodes/reading')).readings;
  assert.equal(reading.timestamp, formatTimeUs(nowUs - 15 * minute));
});

test('one node with its sensors, and 304 until something changes', async (t) => {
  const there = await world(t);
  await register(there, 'n1', nowUs - minute, { sensors: ['temperature', 'odd'] });
  await sayReading(there, 'n1_temperature', 'temperature', nowUs - 2 * minute, { fw: '1' });
  await sayReading(there, 'odd', 'humidity', nowUs - 3 * minute);
  await sayReading(there, 'n11_temperature', 'temperature', nowUs - minute);
  await there.project();

  const first = await there.app.inject('/api/v1/nodes/n1');
  const node = JSON.parse(first.body);
  assert.deepEqual(
    [node.node_id, node.status, node.stale, node.battery_level, node.sensors, node.capabilities, node.location],
    ['n1', 'online', false, null, ['temperature', 'odd'], { wireless: true }, at],
  );
  assert.equal(node.last_seen, formatTimeUs(wholeMs(nowUs - minute)));
  assert.equal(node.latest_reading, formatTimeUs(nowUs - 2 * minute));
  assert.deepEqual(
    node.readings.map((one: { sensor_id: string; metadata: object | null }) => [one.sensor_id, one.metadata]),
    [
      ['n1_temperature', { fw: '1' }],
      ['odd', null],
    ],
  );
  assert.equal(node.readings_next, null);

  const etag = String(first.headers.etag);
  const asked = { url: '/api/v1/nodes/n1', headers: { 'if-none-match': `"other", W/${etag}` } };
  const same = await there.app.inject(asked);
  assert.deepEqual([same.statusCode, same.body, same.headers.etag], [304, '', etag]);
  await there.say('ceiling/nodes/n1/status', { status: 'maintenance' });
  await there.project();
  const changed = await there.app.inject(asked);
  assert.deepEqual([changed.statusCode, JSON.parse(changed.body).status], [200, 'maintenance']);
  assert.equal((await there.app.inject('/api/v1/nodes/n2')).statusCode, 404);
});

test('why was my message refused: by the bridge and by a read model, in pages', async (t) => {
  const there = await world(t);
  await there.say('ceiling/nodes/n1/status', 'not json');
  await there.say('ceiling/sensors/n1_temperature/data', '{"sensor_type":"smell"}', nowUs - (nowUs % 1_000) + 1_000);
  await there.say('ceiling/nodes/n2/status', '');
  await plantReading(there, 'n1_humidity', nowUs - 1_000);
  await sayReading(there, 'n1_humidity', 'humidity', nowUs);
  await plantReading(there, 'back\\slash_humidity', nowUs - 1_000);
  await there.project();

  type Refusal = { kind: string; code: string; id: string; payload_text: string | null; client_id: string | null };
  const whole: Refusal[] = (await there.get('/api/v1/nodes/n1/refusals')).items;
  const seen: Refusal[] = [];
  for (let url: string | null = '/api/v1/nodes/n1/refusals?limit=1'; url !== null; ) {
    const page: { items: Refusal[]; next: string | null } = await there.get(url);
    seen.push(...page.items);
    url = page.next;
  }
  assert.deepEqual(seen, whole);
  const named = whole.map(({ kind, code }) => `${kind} ${code}`);
  assert.deepEqual(named.toSorted(), [
    'parked 22P02',
    'parked behind',
    'quarantined not-json',
    'quarantined unknown-value',
  ]);
  const notJson = whole.find(({ code }) => code === 'not-json');
  assert.deepEqual([notJson?.payload_text, notJson?.client_id], ['not json', 'client 1']);
  assert.equal((await there.get(`/api/v1/nodes/${encodeURIComponent('back\\slash')}/refusals`)).items.length, 1);
  assert.deepEqual((await there.get('/api/v1/nodes/nobody/refusals')).items, []);
});

test('why was the message of a sensor refused that only a registration names', async (t) => {
  const there = await world(t);
  await register(there, 'n1', nowUs, { sensors: ['temperature', 'odd'] });
  await register(there, 'n2', nowUs, { sensors: ['temperature', 'n1_humidity'] });
  await there.say('ceiling/sensors/odd/data', '{"sensor_type":"smell"}');
  await there.say('ceiling/sensors/stray/data', '{"sensor_type":"smell"}');
  await plantReading(there, 'odd', nowUs);
  await plantReading(there, 'n1_humidity', nowUs);
  await there.project();
  const codes = async (node: string) =>
    (await there.get(`/api/v1/nodes/${node}/refusals`)).items.map(({ code }: { code: string }) => code).toSorted();
  assert.deepEqual(await codes('n1'), ['22P02', '22P02', 'unknown-value']);
  assert.deepEqual(await codes('n2'), []); // It claims a sensor whose id names another node.
});

test('a parked key is released by a later version of its projection that can take it', async (t) => {
  const there = await world(t);
  await plantReading(there, 'n1_humidity', nowUs - minute);
  await sayReading(there, 'n1_humidity', 'humidity', nowUs);
  await there.project();
  const parked = async () =>
    (await there.get('/api/v1/parked')).items.map(({ version, code }: Record<string, unknown>) => `${version} ${code}`);
  const readings = async () => (await there.get('/api/v1/readings?sensor=n1_humidity')).items.length;
  assert.deepEqual([await parked(), await readings()], [[`${version} 22P02`, `${version} behind`], 0]);
  assert.deepEqual((await there.get('/api/v1/health/ready')).parked, { readings: 2 });
  assert.match((await there.app.inject('/metrics')).body, /plenum_api_parked_records\{projection="readings"\} 2/);

  // A version that still cannot take it parks it again, and only it.
  await there.goOver({ ...readingsProjection, version: version + 1 });
  assert.deepEqual([await parked(), await readings()], [[`${version + 1} 22P02`, `${version + 1} behind`], 0]);
  assert.equal((await there.get('/api/v1/nodes/n1/refusals')).items.length, 2);

  await there.goOver({ ...readingsProjection, version: version + 2, entry: withJson });
  assert.deepEqual([await parked(), await readings()], [[], 2]);
  assert.deepEqual((await there.get('/api/v1/nodes/n1/refusals')).items, []);
});

const { version } = readingsProjection;

const withJson: typeof readingsProjection.entry = (recorded) => {
  const row = readingsProjection.entry(recorded) as { readonly metadata?: string } | undefined; // A row of the ledger.
  return row && { ...row, metadata: row.metadata?.replace('no JSON', '{}') };
};

test('quarantine and parked records, with filters, pages and bytes', async (t) => {
  const there = await world(t);
  const big = `{"a":"${'é'.repeat(2_000)}"`;
  await there.say('ceiling/nodes/n1/status', big);
  await there.say(
    'ceiling/nodes/n2/status',
    Buffer.from([0xff]).toString('latin1'),
    nowUs + 1_000_000 - (nowUs % 1_000),
  );
  await there.say('elsewhere', 'x');
  for (const value of [1, 2, 3]) await plantReading(there, 'n1_humidity', nowUs + value);
  await there.project();

  const { items } = await there.get('/api/v1/quarantine');
  assert.equal(items.length, 3);
  assert.equal(items[0].node_id, 'n2');
  const [first] = (await there.get('/api/v1/quarantine?node=n1')).items;
  assert.equal(first.payload_base64, Buffer.from(big).subarray(0, 1_024).toString('base64'));
  assert.deepEqual([first.payload_length, first.payload_kept], [Buffer.byteLength(big), Buffer.byteLength(big)]);
  assert.equal(first.payload_text, big.slice(0, 200));
  const one = await there.get(first.self);
  assert.equal(Buffer.from(one.payload_base64, 'base64').toString(), big);
  assert.equal((await there.get('/api/v1/quarantine?code=unknown-topic&client=client%201')).items.length, 1);
  assert.equal((await there.get(`/api/v1/quarantine?from=${formatTimeUs(nowUs + 1)}`)).items.length, 1);
  const paged = await there.get('/api/v1/quarantine?limit=2');
  assert.deepEqual([...paged.items, ...(await there.get(paged.next)).items], items);
  assert.equal((await there.app.inject('/api/v1/quarantine/2026-03-04T09:15:02Z/x')).statusCode, 404);

  const { items: counts } = await there.get('/api/v1/quarantine/counts');
  assert.deepEqual(
    counts.map(({ code, messages }: { code: string; messages: number }) => [code, messages]),
    [
      ['not-json', 2],
      ['unknown-topic', 1],
    ],
  );
  const countsPage = await there.get('/api/v1/quarantine/counts?limit=1');
  assert.deepEqual([...countsPage.items, ...(await there.get(countsPage.next)).items], counts);

  const { items: parked } = await there.get('/api/v1/parked');
  assert.deepEqual(
    parked.map(({ projection, key, code }: Record<string, string>) => [projection, key, code]),
    [
      ['readings', 'n1_humidity', '22P02'],
      ['readings', 'n1_humidity', 'behind'],
      ['readings', 'n1_humidity', 'behind'],
    ],
  );
  const parkedPage = await there.get('/api/v1/parked?limit=2&projection=readings&key=n1_humidity');
  assert.deepEqual([...parkedPage.items, ...(await there.get(parkedPage.next)).items], parked);
  assert.equal((await there.get('/api/v1/parked?code=behind&topic=plenum.ceiling.readings')).items.length, 2);
});

test('counters balance and lag is seen', async (t) => {
  const there = await world(t);
  await register(there, 'n1', nowUs);
  const copy = () => sayReading(there, 'n1_temperature', 'temperature', nowUs);
  await copy();
  await copy();
  await there.project();
  const balance = await there.get('/api/v1/balance');
  assert.equal(balance.balanced, true);
  assert.deepEqual(
    balance.projections.find(({ projection }: { projection: string }) => projection === 'readings'),
    {
      projection: 'readings',
      version,
      generation: 1,
      read: 2,
      applied: 1,
      duplicates: 1,
      not_for_it: 0,
      parked: 0,
      balanced: true,
    },
  );
  assert.equal((await there.get('/api/v1/health/ready')).status, 'ready');
  assert.equal((await there.app.inject('/api/v1/nodes')).headers['plenum-age'], '0');
  assert.match((await there.app.inject('/metrics')).body, /plenum_api_lag_records\{projection="readings"\} 0/);
});

test('lag of what is not projected yet, in records and seconds', async (t) => {
  const there = await world(t);
  await sayReading(there, 'n1_temperature', 'temperature', nowUs);
  await there.say(
    'ceiling/sensors/n1_temperature/data',
    { sensor_type: 'temperature', value: 1, unit: '', timestamp: formatTimeUs(nowUs + 1), location: at },
    nowUs - 7_118_204,
  );
  const { projections } = await there.get('/api/v1/lag');
  const readings = projections.find(({ projection }: { projection: string }) => projection === 'readings');
  assert.deepEqual([readings.records, readings.partitions.length], [2, 8]);
  assert.ok(readings.seconds >= 0 && readings.seconds < 8, String(readings.seconds));
  assert.notEqual((await there.app.inject('/api/v1/readings/latest')).headers['plenum-age'], '0');
});

test('clients of the replaced system get the answers they know', async (t) => {
  const there = await world(t);
  await register(there, 'n1', nowUs - minute, { battery_level: 71.5 });
  await there.say('ceiling/nodes/n2/status', { status: 'maintenance' }, nowUs - (nowUs % 1_000) - minute);
  for (let index = 0; index < 105; index += 1) {
    await sayReading(
      there,
      'n1_temperature',
      'temperature',
      nowUs - index * minute,
      index === 0 ? { simulated: true } : undefined,
    );
  }
  await sayReading(there, 'n1_temperature', 'temperature', nowUs - 25 * 60 * minute);
  await there.project();

  assert.deepEqual(await there.get('/api/iot/network/status'), {
    success: true,
    network_status: { total_nodes: 2, online_nodes: 1, offline_nodes: 1, network_health: 50 },
    nodes: [
      {
        node_id: 'n1',
        location: at,
        sensors: ['temperature'],
        status: 'online',
        battery_level: 71.5,
        last_seen: formatTimeUs(wholeMs(nowUs - minute)),
        firmware_version: '1.2.0',
        capabilities: { wireless: true },
      },
      {
        node_id: 'n2',
        location: null,
        sensors: [],
        status: 'maintenance',
        battery_level: null,
        last_seen: formatTimeUs(nowUs - (nowUs % 1_000) - minute),
        firmware_version: null,
        capabilities: {},
      },
    ],
    mqtt_connected: true,
  });

  const day = await there.get('/api/iot/sensors/n1_temperature/data?cache=bust');
  assert.deepEqual([day.success, day.sensor_id, day.data_points, day.data.length], [true, 'n1_temperature', 105, 100]);
  assert.deepEqual(day.data[0], {
    sensor_id: 'n1_temperature',
    sensor_type: 'temperature',
    value: 21.5,
    unit: '°C',
    timestamp: formatTimeUs(nowUs),
    location: at,
    metadata: { simulated: true },
  });
  assert.deepEqual(day.data[1].metadata, {});
  assert.equal(day.data[99].timestamp, formatTimeUs(nowUs - 99 * minute));
  assert.equal((await there.get('/api/iot/sensors/n1_temperature/data?hours=48')).data_points, 106);
  assert.equal((await there.get('/api/iot/sensors/n1_temperature/data?hours=0.5')).data_points, 31);
  assert.deepEqual(await there.get('/api/iot/sensors/nobody/data'), {
    success: true,
    sensor_id: 'nobody',
    data_points: 0,
    data: [],
  });
  const refused = await there.app.inject('/api/iot/sensors/n1_temperature/data?hours=x');
  assert.equal(refused.statusCode, 400);
  assert.deepEqual([JSON.parse(refused.body).success, typeof JSON.parse(refused.body).error], [false, 'string']);
  assert.deepEqual(await there.get('/health'), { status: 'ok', db: true });
});
