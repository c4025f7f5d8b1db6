/**
 * Two readings of one sensor, put into the log past the listener: one that no table can hold, as a faulty listener would
 * have let in, and one behind it. Both have to be parked, and nothing else. The listener takes nothing that is like that.
 */
import { ReadingReported, type ReadingReportedData } from '@plenum/ceiling';
import type { Event } from '@plenum/event';
import type { Site } from './site/site.ts';

/** How many records are parked because of it. */
export const planted = 2;

const sensor = 'chaos_poison_temperature';

/** Settles when both are in the log. */
export const plantPoison = async ({ log, codec }: Pick<Site, 'log' | 'codec'>): Promise<void> => {
  const nowUs = Date.now() * 1000;
  await log.append(['no JSON', '{}'].map((metadata, index) => codec.encode(reading(nowUs + index, metadata))));
};

const reading = (timeUs: number, metadata: string): Event<ReadingReportedData> => ({
  id: crypto.randomUUID(),
  type: ReadingReported.type,
  source: `ceiling/sensors/${sensor}/data`,
  effectiveTimeUs: timeUs,
  recordedTimeUs: timeUs,
  data: {
    sensor_id: sensor,
    node_id: undefined,
    sensor_type: 'temperature',
    value: 20,
    unit: '°C',
    timestamp: new Date(timeUs / 1000).toISOString(),
    device_time: timeUs,
    location: { x: 1, y: 2, z: 3, zone: undefined },
    metadata,
    message_id: undefined,
  },
});
