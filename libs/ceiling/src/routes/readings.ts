import {
  defineRoute,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowSchema,
  rowsFor,
} from '@plenum/http';
import { latestShown } from '../readings/reads.ts';
import { sensorData } from '../readings/sensor-data.ts';
import type { CeilingServices } from '../services.ts';
import { orderField, sensorFilterFields, sensorFilterOf } from './fields.ts';

export const latestReadingSchema = rowSchema('LatestReading', latestShown);

const readingSchema = rowSchema('Reading', sensorData);

type Taken = Pick<CeilingServices, 'reads' | 'limits'>;

export const readingRoutes = (services: Taken): readonly Route[] => [latestRoute(services), rangeRoute(services)];

const latestRoute = ({ reads: { readings }, limits }: Taken) =>
  defineRoute({
    operationId: 'listLatestReadings',
    method: 'GET',
    path: '/readings/latest',
    access: { permission: 'read:sensors' },
    projections: ['readings', 'nodes'],
    tags: ['ceiling'],
    summary: 'The latest reading of every sensor, by sensor id',
    querystring: query({ ...sensorFilterFields, ...pageFields(limits) }),
    answers: { 200: pageOf(latestReadingSchema), ...problems() },
    handle: async ({ query: { sensor, node, type, limit }, place }) => {
      const [afterSensor] = place(1) ?? [];
      const rows = await readings.latest({ filter: { sensor, node, type }, afterSensor, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ sensor_id }) => [sensor_id] });
    },
  });

const rangeRoute = ({ reads: { readings }, limits }: Taken) =>
  defineRoute({
    operationId: 'listReadings',
    method: 'GET',
    path: '/readings',
    access: { permission: 'read:sensors' },
    projections: ['readings', 'nodes'],
    tags: ['ceiling'],
    summary: 'Readings of a sensor, a node or a type over a time range, by effective time',
    querystring: query({ ...sensorFilterFields, ...rangeFields, order: orderField, ...pageFields(limits) }),
    answers: { 200: pageOf(readingSchema), ...problems() },
    handle: async ({ query: asked, place }) => {
      const { order, limit } = asked;
      const filter = sensorFilterOf(asked);
      const [effective_time = '', event_id = '', sensor_id = '', timestamp = ''] = place(4) ?? [];
      const after = effective_time === '' ? undefined : { effective_time, event_id, sensor_id, timestamp };
      const rows = await readings.page({ filter, ...rangeOf(asked), order, after, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.effective_time, row.event_id, row.sensor_id, row.timestamp] });
    },
  });
