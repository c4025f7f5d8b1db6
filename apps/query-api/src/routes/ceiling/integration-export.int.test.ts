import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeUs } from '@plenum/event';
import { nowUs } from '../../testing/fake-app.ts';
import { type World, world } from '../../testing/world.ts';

const minute = 60_000_000;
const at = { x: 1, y: 2.5, z: 3 };

const sayReading = ({ say }: World, type: string, value: number, timeUs: number, metadata?: object) =>
  say(`ceiling/sensors/n1_${type}/data`, {
    ...{ sensor_type: type, value, unit: 'u', timestamp: formatTimeUs(timeUs), location: at, metadata },
    event_id: `${type} ${value}`,
  });

const register = ({ say }: World, node: string, timeUs: number) =>
  say(
    `ceiling/nodes/${node}/registration`,
    { location: at, sensors: ['temperature'], status: 'online', last_seen: formatTimeUs(timeUs) },
    timeUs - (timeUs % 1_000),
  );

const rangeOf = (fromUs: number, toUs: number): string =>
  new URLSearchParams({ start_date: formatTimeUs(fromUs), end_date: formatTimeUs(toUs) }).toString();

test('other systems get what is asked for: the network, readings and nodes in the range', async (t) => {
  const there = await world(t);
  await register(there, 'n1', nowUs - 5 * minute);
  await register(there, 'n2', nowUs - 50 * minute);
  for (const [index, type] of ['temperature', 'humidity', 'temperature', 'vibration'].entries())
    await sayReading(there, type, index, nowUs - (10 - index) * minute);
  await there.project();

  const all = await there.get('/api/integration/export/json');
  assert.deepEqual([all.metadata.data_type, all.metadata.format], ['all', 'json']);
  assert.deepEqual(all.network_status, { total_nodes: 2, online_nodes: 2, offline_nodes: 0, network_health: 100 });
  assert.deepEqual([all.system_health, all.energy_analysis, all.maintenance_predictions], [null, null, []]);
  const valuesOf = ({ readings }: typeof all) => readings.map(({ value }: { readonly value: number }) => value);
  assert.deepEqual(valuesOf(all), [3, 2, 1, 0]);

  const range = rangeOf(nowUs - 9 * minute, nowUs - 7 * minute);
  const some = await there.get(`/api/integration/export/json?type=readings&${range}`);
  assert.deepEqual([valuesOf(some), some.nodes], [[2, 1], undefined]);
  const seen = await there.get(`/api/integration/export/json?type=nodes&${rangeOf(nowUs - 6 * minute, nowUs)}`);
  assert.deepEqual(
    [seen.nodes.map(({ node_id }: { readonly node_id: string }) => node_id), seen.readings],
    [['n1'], undefined],
  );

  const csv = await there.app.inject(`/api/integration/export/csv?${range}`);
  assert.deepEqual([csv.statusCode, csv.headers['content-type']], [200, 'text/csv; charset=utf-8']);
  const line = (type: string, value: number, timeUs: number) =>
    `n1_${type},${type},${value},u,${formatTimeUs(timeUs)},1,2.5,3,`;
  assert.deepEqual(csv.body.split('\n'), [
    'sensor_id,sensor_type,value,unit,timestamp,x,y,z,metadata',
    line('temperature', 2, nowUs - 8 * minute),
    line('humidity', 1, nowUs - 9 * minute),
    '',
  ]);
  const nodes = await there.app.inject(
    `/api/integration/export/csv?type=nodes&${rangeOf(nowUs - 51 * minute, nowUs - 49 * minute)}`,
  );
  assert.match(nodes.body, /^node_id,status.*\nn2,online,.*,1,2\.5,3,"\[""temperature""\]",\S*\n$/);
});

test('a table is sent whole however many pages it has, and a list that is not says so', async (t) => {
  const there = await world(t);
  const count = 1_203;
  for (let index = 0; index < count; index += 1) {
    // Many at one moment: order among equals is what pages get wrong.
    const timeUs = nowUs - Math.floor(index / 400) * minute;
    await sayReading(there, index % 2 === 0 ? 'temperature' : 'humidity', index, timeUs, { text: 'a, "b"' });
  }
  await there.project();
  const { body } = await there.app.inject('/api/integration/export/csv?type=readings');
  const lines = body.trimEnd().split('\n').slice(1);
  assert.equal(new Set(lines).size, count);
  assert.equal(lines.length, count);
  assert.ok(
    lines.every((line) => line.endsWith(',"{""text"":""a, \\""b\\""""}"')),
    lines.join('\n').slice(0, 200),
  );
  const json = await there.app.inject('/api/integration/export/json');
  assert.equal(json.headers['plenum-truncated'], 'readings');
  const newest = json.json().readings.map(({ value }: { readonly value: number }) => value);
  assert.deepEqual([newest.length, new Set(newest).size], [1_000, 1_000]);
  assert.ok(newest.slice(0, 400).every((value: number) => value < 400));
});

test('what cannot be read is said, all of it', async (t) => {
  const { app } = await world(t);
  const failed = async (address: string): Promise<string> => {
    const answer = await app.inject(`/api/integration/export/${address}`);
    assert.deepEqual([answer.statusCode, answer.json().success], [400, false], address);
    return answer.json().error;
  };
  for (const format of ['json', 'csv']) {
    assert.match(await failed(`${format}?start_date=soon&end_date=2026-02-30`), /start_date.*end_date/);
    assert.match(await failed(`${format}?start_date=2026-03-05&end_date=2026-03-03`), /after end_date/);
    assert.match(await failed(`${format}?type=energy`), /type/);
  }
  assert.match(await failed('xlsx'), /format/);
});
