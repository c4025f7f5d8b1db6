import { minuteOfUs } from '@plenum/event';
import { defineFold, defineTable, provenance, type RowOf } from '@plenum/read-model';
import type { SensorDataRow } from './sensor-data.ts';

/** One minute of one sensor, by effective time. Means are `value_sum / readings`, taken when asked. */
const minutesTable = defineTable({
  name: 'sensor_minutes',
  about: 'Readings of every sensor counted by the minute.',
  columns: {
    ...provenance,
    sensor_id: { type: 'text', about: 'Which sensor.' },
    minute: { type: 'timestamptz', about: 'The start of the minute, by effective time.' },
    sensor_type: { type: 'text', about: "As the minute's last reading in log order said." },
    node_id: { type: 'text', nullable: true, about: 'Its node, where the sensor id says so.' },
    readings: { type: 'integer', about: 'How many.' },
    value_sum: { type: 'double precision', about: 'Added in log order.' },
    value_min: { type: 'double precision', about: 'The least.' },
    value_max: { type: 'double precision', about: 'The greatest.' },
  },
  key: ['sensor_id', 'minute'],
  indexes: [['sensor_type', 'minute']],
});

export type SensorMinutesRow = RowOf<typeof minutesTable>;

/**
 * Readings are added one at a time in log order, so that the sum has the same bits however the log was cut.
 * A sum that would leave the range of a double stays at its end: an infinity could not be shown as JSON.
 */
export const sensorMinutes = defineFold<SensorDataRow, SensorMinutesRow>({
  table: minutesTable,
  keyOf: ({ sensor_id, effective_time }) => ({ sensor_id, minute: minuteOfUs(effective_time) }),
  fold: (row, reading) => ({
    event_id: reading.event_id,
    sensor_id: reading.sensor_id,
    minute: minuteOfUs(reading.effective_time),
    sensor_type: reading.sensor_type,
    node_id: reading.node_id,
    readings: (row?.readings ?? 0) + 1,
    value_sum: bounded((row?.value_sum ?? 0) + reading.value),
    value_min: Math.min(row?.value_min ?? reading.value, reading.value),
    value_max: Math.max(row?.value_max ?? reading.value, reading.value),
    log_partition: reading.log_partition,
    log_offset: reading.log_offset,
  }),
});

const bounded = (sum: number): number => Math.min(Math.max(sum, -Number.MAX_VALUE), Number.MAX_VALUE);
