import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Event, utc } from '@plenum/event';
import fc from 'fast-check';
import { type Observation, observe } from './observe.ts';

const humidity = 'ceiling/sensors/node-17_humidity/data';
const receivedTimeUs = Date.UTC(2026, 2, 4, 9, 16) * 1000;
const reading = {
  sensor_id: 'ignored: the topic wins',
  sensor_type: 'humidity',
  value: 47.25,
  unit: '%',
  timestamp: '2026-03-04T09:15:02.118204',
  location: { x: 2400, y: 0, z: 2700 },
  metadata: { fw: '1.2.0' },
};
const registrationTopic = 'ceiling/nodes/n1/registration';
const registered = (change: object): string =>
  JSON.stringify({ location: reading.location, sensors: ['humidity'], ...change });
const silent = { device_time: undefined, message_id: undefined };
const changed = (change: object): string => JSON.stringify({ ...reading, ...change });
/** Objects inside each other. */
const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

let ids = 0;
const tools = {
  zone: utc,
  sha1: (bytes: Uint8Array) => hash('sha1', bytes),
  newId: () => {
    ids += 1;
    return `00000000-0000-7000-8000-${String(ids).padStart(12, '0')}`;
  },
};

const observed = (topic: string, body: string | Uint8Array): Observation =>
  observe({ topic, payload: typeof body === 'string' ? encode(body) : body, receivedTimeUs }, tools);

const event = (topic: string, body: object): Event => {
  const seen = observed(topic, JSON.stringify(body));
  assert.equal(seen.outcome, 'event', JSON.stringify(seen));
  return (seen as { event: Event }).event;
};
const dataOf = ({ data }: Event): Record<string, unknown> => data as Record<string, unknown>;

describe('a reading', () => {
  it('is what the sensor said, under the id in the topic', () => {
    const { type, source, data } = event('ceiling/sensors/node-17_humidity/data', reading);
    assert.equal(type, 'plenum.ceiling.ReadingReported');
    assert.equal(source, 'ceiling/sensors/node-17_humidity/data');
    assert.deepEqual(data, {
      sensor_id: 'node-17_humidity',
      node_id: 'node-17',
      sensor_type: 'humidity',
      value: 47.25,
      unit: '%',
      timestamp: '2026-03-04T09:15:02.118204',
      device_time: Date.UTC(2026, 2, 4, 9, 15, 2) * 1000 + 118_204,
      location: { x: 2400, y: 0, z: 2700, zone: undefined },
      metadata: '{"fw":"1.2.0"}',
      message_id: undefined,
    });
  });

  it('has no node when its id does not end in its type', () => {
    assert.equal(dataOf(event('ceiling/sensors/roof-probe-7/data', reading)).node_id, undefined);
    assert.equal(dataOf(event('ceiling/sensors/_humidity/data', reading)).node_id, undefined);
  });

  it('does without metadata', () => {
    assert.equal(dataOf(event(humidity, { ...reading, metadata: null })).metadata, undefined);
  });

  it('keeps a zone, and a metadata text that no table will take', () => {
    const said = { ...reading, location: { x: 1, y: 2, z: 3, zone: 'B2' }, metadata: { note: 'a\u0000b' } };
    const { location, metadata } = dataOf(event(humidity, said));
    assert.deepEqual(location, { x: 1, y: 2, z: 3, zone: 'B2' });
    assert.equal(metadata, '{"note":"a\\u0000b"}');
  });

  it('takes a text up to its bound, and counts a character once however it is written', () => {
    for (const unit of ['x'.repeat(64), '\u{1d7d8}'.repeat(64), 'a\u0000b']) {
      assert.equal(dataOf(event(humidity, { ...reading, unit })).unit, unit);
    }
    assert.equal(observed(humidity, changed({ unit: '\u{1d7d8}'.repeat(65) })).outcome, 'quarantine');
  });

  it('counts at the time of recording when its clock runs ahead', () => {
    const { effectiveTimeUs, data } = event(humidity, { ...reading, timestamp: '2106-02-07T06:28:15Z' });
    assert.equal(effectiveTimeUs, receivedTimeUs);
    assert.equal((data as { device_time: number }).device_time, Date.UTC(2106, 1, 7, 6, 28, 15) * 1000);
  });
});

describe('identity', () => {
  it('is the same for the same bytes on the same topic, and only then', () => {
    const first = event(humidity, reading).id;
    assert.equal(event(humidity, reading).id, first);
    assert.notEqual(event(humidity, { ...reading, value: 1 }).id, first);
    assert.notEqual(event('ceiling/sensors/node-18_humidity/data', reading).id, first);
  });

  it("is the device's own UUID, where it gives one", () => {
    const own = '0190A7F0-1111-7ABC-8DEF-000000000001';
    assert.equal(event(humidity, { ...reading, event_id: own }).id, own.toLowerCase());
  });

  it("is made of the device's own counter and the topic, whatever else the message says", () => {
    const first = event(humidity, { ...reading, event_id: 17 }).id;
    assert.equal(event(humidity, { ...reading, event_id: '17', value: 99 }).id, first);
    assert.notEqual(event('ceiling/sensors/node-18_humidity/data', { ...reading, event_id: 17 }).id, first);
  });

  it('is new each time for a status that does not say when: online, offline, online are three events', () => {
    const topic = 'ceiling/nodes/n1/status';
    const ids = ['online', 'offline', 'online'].map((status) => event(topic, { status }).id);
    assert.equal(new Set(ids).size, 3);
  });
});

describe('nodes and commands', () => {
  it('reads a status, with or without a battery level', () => {
    const said = (body: object) => dataOf(event('ceiling/nodes/n1/status', body));
    assert.deepEqual(said({ status: 'maintenance', battery_level: 71.5, other: 1 }), {
      ...silent,
      node_id: 'n1',
      status: 'maintenance',
      battery_level: 71.5,
      timestamp: undefined,
    });
    assert.equal(said({ status: 'online' }).battery_level, undefined);
  });

  it('reads a registration; what it does not say stays unsaid', () => {
    const body = { location: { x: 1000, y: 0, z: 2000 }, sensors: ['temperature', 'roof-probe-7'] };
    assert.deepEqual(dataOf(event('ceiling/nodes/n1/registration', body)), {
      ...silent,
      node_id: 'n1',
      location: { x: 1000, y: 0, z: 2000, zone: undefined },
      sensors: ['temperature', 'roof-probe-7'],
      status: undefined,
      battery_level: undefined,
      firmware_version: undefined,
      capabilities: '{}',
      last_seen: undefined,
    });
  });

  it('reads a command with its defaults', () => {
    assert.deepEqual(dataOf(event('ceiling/commands/all', {})), {
      ...silent,
      target: 'all',
      command: 'status',
      parameters: '{}',
      timestamp: undefined,
    });
  });
});

describe('a refusal', () => {
  const refused: readonly (readonly [string, string, string | Uint8Array])[] = [
    ['unknown-topic', 'ceiling/sensors/a/b/data', '{}'],
    ['unknown-topic', 'other/sensors/a/data', '{}'],
    ['unknown-topic', 'ceiling/nodes/a', '{}'],
    ['unknown-topic', 'ceiling/constructor/a', '{}'],
    ['bad-identifier', 'ceiling/sensors//data', '{}'],
    ['bad-identifier', `ceiling/sensors/${'a'.repeat(201)}/data`, '{}'],
    ['empty', humidity, ''],
    ['not-utf8', humidity, Uint8Array.of(0x7b, 0xff, 0x7d)],
    // Half a character, which JSON can escape and the log's UTF-8 cannot hold.
    ['not-utf8', humidity, changed({ unit: '\ud800' })],
    ['not-utf8', humidity, changed({ event_id: 'a\udc00' })],
    ['not-utf8', 'ceiling/nodes/n1/registration', '{"location":{"x":1,"y":2,"z":3},"sensors":["\\ud800"]}'],
    ['not-json', humidity, '{"value": NaN}'],
    ['wrong-type', humidity, '[1]'],
    ['missing-field', humidity, changed({ sensor_type: undefined })],
    ['unknown-value', humidity, changed({ sensor_type: 'smell' })],
    ['wrong-type', humidity, changed({ value: '47' })],
    ['not-finite', humidity, JSON.stringify(reading).replace('47.25', '1e999')],
    ['unreadable-time', humidity, changed({ timestamp: 'yesterday' })],
    ['wrong-type', humidity, changed({ location: [1, 2, 3] })],
    ['missing-field', humidity, changed({ location: { x: 1, y: 2 } })],
    ['wrong-type', humidity, changed({ metadata: 'fw' })],
    // More than PostgreSQL's JSON takes, and numbers that take two hundred times as much written out as they were sent.
    [
      'out-of-range',
      humidity,
      changed({ metadata: {} }).replace('{}', `{"a":${'['.repeat(20_000)}1${']'.repeat(20_000)}}`),
    ],
    ['out-of-range', humidity, changed({ metadata: { a: Array.from({ length: 4_000 }, () => 1e20) } })],
    ['out-of-range', humidity, changed({ metadata: { a: Array.from({ length: 200 }, () => 1e300) } })],
    [
      'out-of-range',
      'ceiling/nodes/n1/registration',
      JSON.stringify({ location: reading.location, sensors: [], capabilities: nested(65) }),
    ],
    ['not-finite', humidity, changed({ metadata: { a: [1] } }).replace('[1]', '[1e400]')],
    ['out-of-range', 'ceiling/commands/n1', JSON.stringify({ parameters: nested(65) })],
    ['out-of-range', humidity, changed({ unit: 'x'.repeat(65) })],
    ['out-of-range', humidity, changed({ location: { x: 1, y: 2, z: 3, zone: 'x'.repeat(201) } })],
    ['out-of-range', humidity, changed({ timestamp: `2026-03-04T09:15:02.${'1'.repeat(50)}` })],
    ['out-of-range', humidity, changed({ sensor_type: 'x'.repeat(201) })],
    ['out-of-range', 'ceiling/commands/n1', JSON.stringify({ command: 'x'.repeat(201) })],
    ['out-of-range', registrationTopic, registered({ firmware_version: 'x'.repeat(201) })],
    ['out-of-range', registrationTopic, registered({ sensors: Array.from({ length: 65 }, () => 'humidity') })],
    ['out-of-range', registrationTopic, registered({ sensors: ['x'.repeat(201)] })],
    ['unreadable-time', humidity, changed({ timestamp: '1900-01-01T00:00:00+01:00' })],
    ['unknown-value', 'ceiling/nodes/n1/status', '{"status":"asleep"}'],
    ['out-of-range', 'ceiling/nodes/n1/status', '{"status":"online","battery_level":101}'],
    ['wrong-type', 'ceiling/nodes/n1/registration', '{"location":{"x":1,"y":2,"z":3},"sensors":[1]}'],
  ];
  for (const [code, topic, body] of refused) {
    it(`says ${code} of ${String(body).slice(0, 60)} on ${topic.slice(0, 40)}`, () => {
      const seen = observed(topic, body);
      assert.equal(seen.outcome, 'quarantine');
      if (seen.outcome === 'quarantine') assert.equal(seen.code, code, seen.detail);
    });
  }

  it('names the node and the sensor it is about', () => {
    const seen = observed(humidity, 'x');
    assert.partialDeepStrictEqual(seen, { nodeId: 'node-17', sensorId: 'node-17_humidity' });
    assert.partialDeepStrictEqual(observed('ceiling/nodes/n9/status', 'x'), { nodeId: 'n9', sensorId: undefined });
  });

  it('names nobody where the topic has no identifier', () => {
    const seen = observed(`ceiling/nodes/${'n'.repeat(3_000)}/status`, '{"status":"online"}');
    assert.partialDeepStrictEqual(seen, { code: 'bad-identifier', nodeId: undefined, sensorId: undefined });
  });

  it('comes to nothing that is nested no deeper than is kept', () => {
    assert.equal(observed(humidity, changed({ metadata: nested(64) })).outcome, 'event');
    assert.equal(observed(humidity, changed({ metadata: nested(65) })).outcome, 'quarantine');
  });

  it('never throws, whatever comes', () => {
    const topics = fc.oneof(
      fc.string(),
      fc.constantFrom(humidity, 'ceiling/nodes/n/status', 'ceiling/nodes/n/registration'),
    );
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.json().map(encode),
      fc.object().map((o) => encode(JSON.stringify(o))),
    );
    fc.assert(
      fc.property(topics, bodies, (topic, body) => ['event', 'quarantine'].includes(observed(topic, body).outcome)),
    );
  });
});
