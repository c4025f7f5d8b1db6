import { isEvent } from '@plenum/event';
import { binsOf, type Columns, defineTable, provenance, type Recorded, type RowOf } from '@plenum/read-model';
import { ReadingReported, type ReadingReportedData } from '../events.ts';

/** What every reading says, in whatever table; named as in the replaced system's `sensor_data`. */
export const readingColumns = {
  ...provenance,
  sensor_id: { type: 'text', about: 'Which sensor.' },
  node_id: { type: 'text', nullable: true, about: 'Its node, where the sensor id says so.' },
  sensor_type: { type: 'text', about: 'One of the nine sensor types.' },
  value: { type: 'double precision', about: 'What was measured.' },
  unit: { type: 'text', about: 'As sent.' },
  timestamp: { type: 'timestamptz', about: "The device's time." },
  effective_time: {
    type: 'timestamptz',
    about: "The device's time, or of recording when its clock ran more than 5 minutes ahead.",
  },
  location: { type: 'jsonb', about: 'x, y, z in millimetres and, where known, zone.' },
  metadata: { type: 'jsonb', nullable: true, about: 'What the device added.' },
} as const satisfies Columns;

/** The projection that this is the ledger of. */
export const readingsName = 'readings';

/** Readings of one sensor, and of all sensors of a type, by effective time: how finely they can be found. */
export const sensorBins = binsOf(60);
export const typeBins = binsOf(1);

/**
 * The ledger of readings. Its key leads with the device's time as sent, which keeps inserts at the end of the index
 * at any size; a redelivered copy has the same key. The sensor stands in it because a device may name its messages
 * itself, and a name reused by another sensor must not swallow that one's reading.
 */
export const sensorData = defineTable({
  name: 'sensor_data',
  about: 'Every reading once, as sent.',
  columns: { ...readingColumns, created_at: { type: 'timestamptz', about: 'When Plenum took it.' } },
  key: ['timestamp', 'event_id', 'sensor_id'],
  indexes: [
    { on: ['sensor_id', sensorBins.part('effective_time')] },
    { on: ['sensor_type', typeBins.part('effective_time')] },
  ],
  partitionedBy: 'timestamp',
  // A sensor's partition follows from its id, and it hardly ever moves.
  repeated: {
    sensor: ['sensor_id'],
    type: ['sensor_type'],
    source: ['sensor_id', 'node_id', 'sensor_type', 'unit', 'location', 'log_partition'],
  },
});

export type SensorDataRow = RowOf<typeof sensorData>;

/** The ledger row of an event, or `undefined` when it is not a reading. */
export const sensorDataRow = ({ event, partition, offset }: Recorded): SensorDataRow | undefined => {
  if (!isEvent<ReadingReportedData>(ReadingReported, event)) return undefined;
  const { data } = event;
  return {
    event_id: event.id,
    sensor_id: data.sensor_id,
    node_id: data.node_id,
    sensor_type: data.sensor_type,
    value: data.value,
    unit: data.unit,
    timestamp: data.device_time,
    effective_time: event.effectiveTimeUs,
    location: locationJson(data.location),
    metadata: data.metadata,
    created_at: event.recordedTimeUs,
    log_partition: partition,
    log_offset: offset,
  };
};

/** Written by hand: JSON.stringify of an object is the dearest step of a projection otherwise. */
export const locationJson = ({ x, y, z, zone }: ReadingReportedData['location']): string =>
  zone === undefined ? `{"x":${x},"y":${y},"z":${z}}` : `{"x":${x},"y":${y},"z":${z},"zone":${JSON.stringify(zone)}}`;
