/** Records of readings, each another one, for tests of who follows them. */
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import type { NewRecord } from '@plenum/runtime';
import { eventOf } from './world.ts';

const codec = avroCodec(events);

type Said = { readonly value: number; readonly metadata?: object };

/** Of the temperature sensor of a node; readings with different values are different events. */
export const readingOf = (node: string, { value, metadata = {} }: Said): NewRecord => {
  const timestamp = new Date(1_772_615_702_118 + value).toISOString();
  const said = { sensor_type: 'temperature', value, unit: '°C', timestamp, location: { x: 1, y: 2, z: 3 }, metadata };
  const topic = `ceiling/sensors/${node}_temperature/data`;
  const receivedTimeUs = (1_772_615_702_118 + value) * 1_000;
  return codec.encode(eventOf({ topic, payload: Buffer.from(JSON.stringify(said)), receivedTimeUs }));
};
