import assert from 'node:assert/strict';
import { it } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { NodeStatusReported, nodesTopic } from '@plenum/ceiling';
import type { Event } from '@plenum/event';
import { MessageQuarantined, quarantineTopic } from '@plenum/quarantine';
import type { Position } from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import type { ManifestLine } from '../simulate/manifest.ts';
import { lostMessages } from './lost.ts';

const codec = avroCodec(events);

it('finds what was acknowledged and is in neither log nor quarantine, in the range of the run', async () => {
  const log = memoryLog(topics);
  const ends = async (): Promise<Position[]> => {
    const all: Position[] = [];
    for (const { name: topic } of [nodesTopic, quarantineTopic]) {
      for (const { partition, next } of await log.positions(topic)) all.push({ topic, partition, next });
    }
    return all;
  };
  await log.append([codec.encode(status('00000000-0000-4000-8000-000000000001'))]);
  const before = await ends();
  await log.append([codec.encode(status('00000000-0000-4000-8000-000000000002')), codec.encode(refused('abc'))]);

  const line = (n: number, more: Partial<ManifestLine>): ManifestLine => {
    return { n, topic: 't', kind: 'status', acknowledged: true, ...more };
  };
  const lost = await lostMessages({
    ...{ log, codec, before, after: await ends() },
    manifest: [
      line(1, { event_id: '00000000-0000-4000-8000-000000000001' }), // Only before the run.
      line(2, { event_id: '00000000-0000-4000-8000-000000000002' }),
      line(3, { event_id: '00000000-0000-4000-8000-000000000003', acknowledged: false }),
      line(4, { event_id: '00000000-0000-4000-8000-000000000004' }),
      line(5, { sha256: 'abc' }),
      line(6, { sha256: 'def' }),
    ],
  });
  assert.deepEqual(
    lost.map(({ n }) => n),
    [1, 4, 6],
  );
});

const status = (id: string): Event => ({
  id,
  type: NodeStatusReported.type,
  source: 'ceiling/nodes/a/status',
  effectiveTimeUs: 1_000_000,
  recordedTimeUs: 1_000_000,
  data: {
    node_id: 'a',
    status: 'online',
    battery_level: 5,
    timestamp: undefined,
    device_time: undefined,
    message_id: undefined,
  },
});

const refused = (sha256: string): Event => ({
  ...status('00000000-0000-4000-8000-000000000009'),
  type: MessageQuarantined.type,
  data: {
    ...{ client_id: 'c', topic: 't', code: 'not-json', detail: 'd', node_id: undefined, sensor_id: undefined },
    ...{ payload: Buffer.from('x'), payload_length: 1, payload_sha256: sha256 },
  },
});
