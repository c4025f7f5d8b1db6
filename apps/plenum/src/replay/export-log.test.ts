import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { ReadingReported, readingsTopic } from '@plenum/ceiling';
import type { Event } from '@plenum/event';
import { MessageQuarantined, quarantineTopic } from '@plenum/quarantine';
import type { Log } from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import { exportLog } from './export-log.ts';

const codec = avroCodec(events);
const timeUs = Date.UTC(2026, 2, 4, 9, 15) * 1000;

const readingEvent = (n: number): Event => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  type: ReadingReported.type,
  source: 'ceiling/sensors/a_humidity/data',
  effectiveTimeUs: timeUs + n,
  recordedTimeUs: timeUs,
  data: {
    sensor_id: `a${n % 5}_humidity`,
    node_id: `a${n % 5}`,
    sensor_type: 'humidity',
    value: n / 8,
    unit: '%',
    timestamp: '2026-03-04T09:15:00',
    device_time: timeUs + n,
    location: { x: 1, y: 2, z: 3, zone: undefined },
    metadata: undefined,
    message_id: undefined,
  },
});

const exported = async (log: Log, more: { topic: string; partition?: number; from?: bigint; to?: bigint }) => {
  let text = '';
  const write = async (chunk: string): Promise<void> => {
    text += chunk;
  };
  const records = await exportLog({ log, codec, write, ...more });
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, records);
  return lines;
};

describe('exporting the log', () => {
  it('writes every event as it was', async () => {
    const log = memoryLog(topics);
    const written = Array.from({ length: 100 }, (_, n) => readingEvent(n));
    await log.append(written.map(codec.encode));
    const lines = await exported(log, { topic: readingsTopic.name });
    const byId = new Map(lines.map((line) => [line.headers.ce_id, line]));
    for (const { id, data, source } of written) {
      const line = byId.get(id);
      assert.deepEqual(line.event, JSON.parse(JSON.stringify(data)));
      assert.deepEqual(
        [line.topic, line.headers.ce_source, line.timestamp],
        [readingsTopic.name, source, '2026-03-04T09:15:00.000Z'],
      );
    }
  });

  it('keeps to a partition and a range', async () => {
    const log = memoryLog(topics);
    await log.append(Array.from({ length: 100 }, (_, n) => codec.encode(readingEvent(n))));
    const [busy] = (await log.positions(readingsTopic.name)).filter(({ next }) => next > 10n);
    assert.ok(busy);
    const range = { topic: readingsTopic.name, partition: busy.partition, from: 3n, to: 7n };
    assert.deepEqual(
      (await exported(log, range)).map(({ offset }) => offset),
      ['3', '4', '5', '6'],
    );
    const open = await exported(log, { ...range, to: 1_000_000n });
    assert.equal(open.at(-1)?.offset, String(busy.next - 1n));
    await assert.rejects(exported(log, { ...range, partition: 99 }), /partitions 0 to 7, not 99/);
  });

  it('keeps bytes that JSON does not have, and those that nobody can read', async () => {
    const log = memoryLog(topics);
    const quarantined: Event = {
      ...readingEvent(1),
      type: MessageQuarantined.type,
      data: {
        client_id: 'c',
        topic: 't',
        code: 'not-json',
        detail: 'd',
        node_id: undefined,
        sensor_id: undefined,
        payload: Buffer.from([0, 255]),
        payload_length: 2,
        payload_sha256: 'x',
      },
    };
    const noise = { topic: quarantineTopic.name, key: 'c', value: Buffer.from('noise'), headers: {}, timestampMs: 0 };
    const userProperties = [['hop', 'gw-1']] as const;
    await log.append([codec.encode({ ...quarantined, userProperties }), noise]);
    const [first, second] = await exported(log, { topic: quarantineTopic.name });
    assert.equal(first.event.payload, 'AP8=');
    assert.equal(first.headers.mqttuserproperties, '[["hop","gw-1"]]');
    assert.equal(Buffer.from(second.value, 'base64').toString(), 'noise');
    assert.match(second.undecodable, /wire format/);
  });
});
