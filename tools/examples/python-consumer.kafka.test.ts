/** The example in docs/examples/python-consumer, against a real Kafka and a real registry. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { ReadingReported, readingsTopic } from '@plenum/ceiling';
import { type AvroSchema, defineEvent, defineTopic, type Event, formatTimeUs, partitionOf } from '@plenum/event';
import { type KafkaLog, kafkaLog } from '@plenum/kafka';
import { testKafka, testRegistry } from '@plenum/local-kafka/testing';
import { registerSchemas, registryClient, registryIds } from '@plenum/registry';
import { decodeAll, type LogRecord } from '@plenum/runtime';
import { pythonEnvironment } from './python-environment.ts';

const example = path.resolve(import.meta.dirname, '../../docs/examples/python-consumer');
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const { python, skip: noPython } = await pythonEnvironment(path.join(example, 'requirements.txt'));
const { kafka, skip: noKafka, stop: stopKafka } = await testKafka({ version: '4.1.1', logger });
after(stopKafka);
const { registry, skip: noRegistry, stop: stopRegistry } = await testRegistry();
after(stopRegistry);

const skip = noPython || noKafka || noRegistry;

const copies = defineTopic({ name: 'site.copies', about: 'Copies.', keyedBy: 'sensor_id' });
const later = defineTopic({ name: 'plenum.ceiling.later', about: 'From a later version.', keyedBy: 'sensor_id' });

/** Keys of every length that murmur2 treats differently, in one byte a character and in up to four. */
const sensorIds = ['a', 'Ω', '温度', '🌡', 'node_01_temperature'].flatMap((letters) =>
  Array.from({ length: 80 }, (_, index) => `${letters.repeat(1 + (index % 7))}${index}`),
);

const reading = (sensorId: string, index: number): Event => ({
  id: `00000000-0000-5000-8000-${String(index).padStart(12, '0')}`,
  type: ReadingReported.type,
  source: `ceiling/sensors/${sensorId}/data`,
  effectiveTimeUs: 1_772_615_702_118_204 + index,
  recordedTimeUs: 1_772_615_703_000_000,
  data: {
    sensor_id: sensorId,
    node_id: index % 2 === 0 ? undefined : `node_${index}`,
    sensor_type: 'temperature',
    value: index / 3,
    unit: '°C',
    timestamp: '2026-03-04T09:15:02.118204Z',
    device_time: 1_772_615_702_118_204 + index,
    location: { x: index, y: -1.5, z: 0, zone: undefined },
    metadata: undefined,
    message_id: undefined,
  },
});

/** What the example prints of an event. */
type Printed = {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly source: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
};

const consume = async (...options: readonly string[]): Promise<readonly Printed[]> => {
  const where = ['--brokers', kafka?.brokers[0] ?? '', '--registry', registry?.url ?? '', '--until-end'];
  const args = [path.join(example, 'consume.py'), ...where, ...options];
  const { stdout } = await promisify(execFile)(python ?? '', args, {
    maxBuffer: 2 ** 26,
    timeout: 60_000,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Printed); // The next lines look at all of it.
};

describe('the example consumer in Python', { skip }, async () => {
  let log: KafkaLog | undefined;
  const client = registryClient({ url: registry?.url ?? '' });
  const recorded = sensorIds.map(reading);

  const opened = async (): Promise<KafkaLog> => {
    log ??= await kafkaLog({
      brokers: kafka?.brokers ?? [],
      clientId: 'example-test',
      topics: [readingsTopic, copies, later],
      logger,
    });
    return log;
  };
  after(() => log?.close());

  it('prints every reading as it was recorded', async () => {
    await registerSchemas(client, events);
    const codec = avroCodec(events, await registryIds(client, events));
    await (await opened()).append(recorded.map((event) => codec.encode(event)));

    const printed = await consume('--topic', readingsTopic.name, '--group', 'first');
    const byId = new Map(printed.map((line) => [line.id, line]));
    assert.equal(printed.length, recorded.length);
    for (const event of recorded) {
      const line = byId.get(event.id) ?? assert.fail(`${event.id} was not printed`);
      const data = event.data as Readonly<Record<string, unknown>> & { readonly device_time: number };
      assert.equal(line.type, event.type);
      assert.equal(line.source, event.source);
      assert.equal(line.time, formatTimeUs(event.effectiveTimeUs));
      const deviceTime = formatTimeUs(data.device_time).replace('Z', '+00:00');
      // Python prints null for what is not set, where we say nothing.
      const expected = JSON.parse(JSON.stringify({ ...data, device_time: deviceTime }, (_, value) => value ?? null));
      assert.deepEqual(line.data, expected);
    }
  });

  it('prints nothing twice when it is started again', async () => {
    assert.deepEqual(await consume('--topic', readingsTopic.name, '--group', 'first'), []);
  });

  it('puts a key where we do, when it writes with the murmur2 partitioner', async () => {
    const printed = await consume('--topic', readingsTopic.name, '--group', 'second', '--copy-to', copies.name);
    const partitions = new Map(printed.map(({ key, partition }) => [key, partition]));
    const written = await recordsOf(await opened(), copies.name);
    assert.equal(written.length, recorded.length);
    for (const { key, partition } of written) {
      assert.equal(partition, partitionOf(key, copies.partitions), key);
      assert.equal(partition, partitions.get(key), key);
    }
    assert.equal(new Set(written.map(({ partition }) => partition)).size, copies.partitions);
  });

  it('reads a later version in the shape it asks for', async () => {
    const [v1] = ReadingReported.schemas;
    assert.ok(v1 !== undefined && 'fields' in v1 && Array.isArray(v1.fields));
    const added = { name: 'quality', type: ['null', 'string'], default: null };
    const v2: AvroSchema = { ...v1, fields: [...v1.fields, added] } as AvroSchema; // A record with one more field.
    const Later = defineEvent<{ readonly sensor_id: string }>()({
      topic: later.name,
      key: (data) => data.sensor_id,
      schemas: [v1, v2],
      upcast: { 1: (older: object) => ({ ...older, quality: undefined }) },
    });
    await registerSchemas(client, [Later]);
    const codec = avroCodec([Later], await registryIds(client, [Later]));
    const event = reading('later', 0);
    await (await opened()).append([codec.encode({ ...event, data: { ...(event.data as object), quality: 'good' } })]);

    const [asWritten] = await consume('--topic', later.name, '--group', 'third');
    assert.equal(asWritten?.data.quality, 'good');
    const schema = path.resolve(example, '../../../schemas/ceiling/reading-reported.v1.avsc');
    assert.ok(readFileSync(schema, 'utf8').includes('"ReadingReported"'));
    const [asAsked] = await consume('--topic', later.name, '--group', 'fourth', '--reader-schema', schema);
    assert.deepEqual(Object.keys(asAsked?.data ?? {}), v1.fields.map(nameOf));

    // And so does a Plenum that has not heard of that version.
    const older = { ...Later, schemas: [v1], upcast: {} };
    const olderCodec = avroCodec([older], await registryIds(client, [older]));
    const [read] = await decodeAll(olderCodec, await recordsOf(await opened(), later.name));
    assert.ok(read?.known.outcome === 'event', JSON.stringify(read?.known));
    assert.deepEqual(Object.keys(read.known.event.data as object), v1.fields.map(nameOf));
  });
});

const nameOf = ({ name }: { readonly name: string }): string => name;

type Written = LogRecord & { readonly partition: number };

const recordsOf = async (log: KafkaLog, topic: string): Promise<readonly Written[]> => {
  const written: Written[] = [];
  for (const { partition, first, next } of await log.positions(topic)) {
    for await (const batch of log.read({ topic, partition, from: first, to: next })) {
      written.push(...batch.records.map((record) => ({ ...record, partition })));
    }
  }
  return written;
};
