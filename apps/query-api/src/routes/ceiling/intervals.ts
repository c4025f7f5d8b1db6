import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type IntervalReads, intervalStartUs } from '@plenum/ceiling';
import { formatTimeUs } from '@plenum/event';
import type { Clock } from '@plenum/runtime';
import { oneOf, query } from '../../conventions/fields.ts';
import { type PageLimits, page, pageFields, pageOf, placeOf, rowsFor } from '../../conventions/pages.ts';
import { Problem, problems } from '../../conventions/problem.ts';
import { rangeFields, rangeOf } from '../../conventions/times.ts';
import { intervalSchema } from './reading-schemas.ts';
import { orderField, sensorFilterFields, sensorFilterOf } from './readings.ts';

export type IntervalRoutesParts = {
  readonly intervals: IntervalReads;
  readonly limits: PageLimits;
  readonly clock: Clock;
};

export const intervalRoutes =
  ({ intervals, limits, clock }: IntervalRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/readings/intervals',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['readings', 'nodes'] },
        schema: {
          tags: ['ceiling'],
          summary: 'Readings counted by an interval: count, min, max, mean and sum',
          description:
            'From counts by the minute, by effective time. Every interval that overlaps the range is answered whole; one without readings is left out. Days begin at midnight UTC, seven of them on a Monday.',
          querystring: query({
            ...sensorFilterFields,
            ...rangeFields,
            from: Type.String({ description: 'From this time on; written as in `readings`.', maxLength: 50 }),
            interval: Type.String({
              pattern: '^[1-9][0-9]{0,3}[mhd]$',
              description: 'Minutes, hours or days, such as 1m, 5m, 1h or 1d.',
              examples: ['5m'],
            }),
            per: oneOf(['sensor', 'type'], {
              default: 'sensor',
              description: 'One row for each sensor and interval, or for each sensor type.',
            }),
            order: orderField,
            ...pageFields(limits),
          }),
          response: { 200: pageOf(intervalSchema), ...problems(422) },
        },
      },
      async (request, reply) => {
        const { interval, per, order, limit } = request.query;
        const filter = sensorFilterOf(request.query);
        const { fromUs = 0, toUs } = rangeOf(request.query);
        const intervalUs = intervalUsOf(interval);
        refuseTooMany(fromUs, toUs ?? clock.nowUs(), intervalUs);
        const [start = '', member = ''] = placeOf(request, 2) ?? [];
        const after = start === '' ? undefined : { start, member };
        const asked = { filter, intervalUs, fromUs, toUs, per, order, after };
        const rows = await intervals.page({ ...asked, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: (row) => [row.start, row.sensor_id ?? row.sensor_type] });
      },
    );
  };

const unitUs: Readonly<Record<string, number>> = { m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 };

const intervalUsOf = (interval: string): number => Number.parseInt(interval, 10) * (unitUs[interval.slice(-1)] ?? 0);

/** Each page counts what is left of the range again, so the range must not be without end. */
const intervalsMax = 10_000;

const refuseTooMany = (fromUs: number, toUs: number, intervalUs: number): void => {
  const count = Math.ceil((toUs - intervalStartUs(fromUs, intervalUs)) / intervalUs);
  if (count <= intervalsMax) return;
  const latest = formatTimeUs(toUs - intervalsMax * intervalUs);
  throw new Problem(
    'validation',
    `querystring: ${count} intervals are more than ${intervalsMax}; begin at ${latest} or later, or use a longer interval.`,
  );
};
