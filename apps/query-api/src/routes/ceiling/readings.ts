import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { ReadingReads, SensorFilter } from '@plenum/ceiling';
import { identifier, oneOf, query, sensorType } from '../../conventions/fields.ts';
import { type PageLimits, page, pageFields, pageOf, placeOf, rowsFor } from '../../conventions/pages.ts';
import { Problem, problems } from '../../conventions/problem.ts';
import { rangeFields, rangeOf } from '../../conventions/times.ts';
import { latestReadingSchema, readingSchema } from './reading-schemas.ts';

export type ReadingRoutesParts = { readonly readings: ReadingReads; readonly limits: PageLimits };

export const sensorFilterFields = {
  sensor: Type.Optional(identifier('Only this sensor.')),
  node: Type.Optional(identifier('Only sensors of this node: those its id names, and those it claims.')),
  type: Type.Optional(sensorType),
};

export const orderField = oneOf(['asc', 'desc'], { default: 'desc', description: 'By time; the newest first.' });

/** @throws Problem when nothing says which sensors. */
export const sensorFilterOf = ({ sensor, node, type }: SensorFilter): SensorFilter => {
  if (sensor === undefined && node === undefined && type === undefined) {
    throw new Problem('validation', 'querystring: say which readings, by sensor, node or type.');
  }
  return { sensor, node, type };
};

export const readingRoutes =
  ({ readings, limits }: ReadingRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/readings/latest',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['readings', 'nodes'] },
        schema: {
          tags: ['ceiling'],
          summary: 'The latest reading of every sensor, by sensor id',
          querystring: query({ ...sensorFilterFields, ...pageFields(limits) }),
          response: { 200: pageOf(latestReadingSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { sensor, node, type, limit } = request.query;
        const [afterSensor] = placeOf(request, 1) ?? [];
        const rows = await readings.latest({ filter: { sensor, node, type }, afterSensor, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: ({ sensor_id }) => [sensor_id] });
      },
    );

    app.get(
      '/readings',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['readings', 'nodes'] },
        schema: {
          tags: ['ceiling'],
          summary: 'Readings of a sensor, a node or a type over a time range, by effective time',
          querystring: query({ ...sensorFilterFields, ...rangeFields, order: orderField, ...pageFields(limits) }),
          response: { 200: pageOf(readingSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { order, limit } = request.query;
        const filter = sensorFilterOf(request.query);
        const [effective_time = '', event_id = '', sensor_id = '', timestamp = ''] = placeOf(request, 4) ?? [];
        const after = effective_time === '' ? undefined : { effective_time, event_id, sensor_id, timestamp };
        const rows = await readings.page({ filter, ...rangeOf(request.query), order, after, limit: rowsFor(limit) });
        return page(reply, {
          rows,
          limit,
          place: (row) => [row.effective_time, row.event_id, row.sensor_id, row.timestamp],
        });
      },
    );
  };
