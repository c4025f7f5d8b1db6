import { defineFold, defineTable, isLater, type RowOf } from '@plenum/read-model';
import { readingColumns, type SensorDataRow } from './sensor-data.ts';

/** What a sensor said last: greatest (effective time, event id). When it was last heard of is another matter. */
export const latestTable = defineTable({
  name: 'sensor_latest',
  about: 'The latest reading of every sensor.',
  columns: {
    ...readingColumns,
    received_time: { type: 'timestamptz', about: 'When a reading last came, whatever time it says.' },
  },
  key: ['sensor_id'],
  indexes: [['node_id'], ['sensor_type']],
});

export type SensorLatestRow = RowOf<typeof latestTable>;

export const sensorLatest = defineFold<SensorDataRow, SensorLatestRow>({
  table: latestTable,
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
