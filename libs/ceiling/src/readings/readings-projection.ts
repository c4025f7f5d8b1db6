import { defineProjection } from '@plenum/read-model';
import { readingsTopic } from '../topics.ts';
import { readingsName, type SensorDataRow, sensorData, sensorDataRow } from './sensor-data.ts';
import { sensorLatest } from './sensor-latest.ts';
import { sensorMinutes } from './sensor-minutes.ts';

/** Readings: the ledger, and what is derived from its new rows. */
export const readingsProjection = defineProjection<SensorDataRow>({
  name: readingsName,
  version: 3,
  about: 'What sensors measured: every reading, the latest of each sensor, and counts by the minute.',
  topics: [readingsTopic.name],
  entry: sensorDataRow,
  ledger: sensorData,
  folds: [sensorLatest, sensorMinutes],
});
