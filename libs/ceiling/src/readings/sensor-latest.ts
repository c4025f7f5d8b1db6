import { defineFold, isLater, provenance } from '@plenum/read-model';
import type { SensorDataRow } from './sensor-data.ts';

/** What a sensor said last: greatest (effective time, event id). When it was last heard of is another matter. */
export type SensorLatestRow = Omit<SensorDataRow, 'created_at'> & { readonly received_time: number };

export const sensorLatest = defineFold<SensorDataRow, SensorLatestRow>({
  table: {
    name: 'sensor_latest',
    about: 'The latest reading of every sensor.',
    columns: {
      ...provenance,
      sensor_id: { type: 'text', about: 'Which sensor.' },
      node_id: { type: 'text', nullable: true, about: 'Its node, where the sensor id says so.' },
      sensor_type: { type: 'text', about: 'One of the nine sensor types.' },
      value: { type: 'double precision', about: 'What was measured.' },
      unit: { type: 'text', about: 'As sent.' },
      timestamp: { type: 'timestamptz', about: "The device's time." },
      effective_time: { type: 'timestamptz', about: 'What "latest" compares, with the event id.' },
      location: { type: 'jsonb', about: 'x, y, z and, where known, zone.' },
      metadata: { type: 'jsonb', nullable: true, about: 'What the device added.' },
      received_time: { type: 'timestamptz', about: 'When a reading last came, whatever time it says.' },
    },
    key: ['sensor_id'],
    indexes: [['node_id'], ['sensor_type']],
  },
  keyOf: ({ sensor_id }) => ({ sensor_id }),
  fold: (row, reading) => {
    if (row === undefined) return latestOf(reading, reading.created_at);
    const moment = { timeUs: reading.effective_time, id: reading.event_id };
    if (isLater(moment, { timeUs: row.effective_time, id: row.event_id })) {
      return latestOf(reading, Math.max(row.received_time, reading.created_at));
    }
    // The row stays that of the reading it shows.
    return reading.created_at > row.received_time ? { ...row, received_time: reading.created_at } : row;
  },
});

/** Field by field: an object made by leaving one out takes several times as long to make and to read. */
const latestOf = (reading: SensorDataRow, received_time: number): SensorLatestRow => ({
  event_id: reading.event_id,
  log_partition: reading.log_partition,
  log_offset: reading.log_offset,
  sensor_id: reading.sensor_id,
  node_id: reading.node_id,
  sensor_type: reading.sensor_type,
  value: reading.value,
  unit: reading.unit,
  timestamp: reading.timestamp,
  effective_time: reading.effective_time,
  location: reading.location,
  metadata: reading.metadata,
  received_time,
});
