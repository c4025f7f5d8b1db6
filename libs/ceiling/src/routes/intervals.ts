import { formatTimeUs } from '@plenum/event';
import {
  defineRoute,
  oneOf,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rangeFields,
  rangeOf,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import { intervalStartUs } from '../readings/interval-reads.ts';
import type { CeilingServices } from '../services.ts';
import { orderField, sensorFilterFields, sensorFilterOf } from './fields.ts';

const intervalSchema = Type.Object(
  {
    start: utcTime('Where the interval begins.'),
    sensor_id: textOrNull({ description: 'Null when all sensors of a type are counted together.' }),
    sensor_type: Type.String(),
    count: Type.Integer({ description: 'Readings.' }),
    min: Type.Number(),
    max: Type.Number(),
    mean: Type.Number(),
    sum: Type.Number(),
  },
  { title: 'Interval' },
);

export const intervalRoutes = ({ reads: { intervals }, limits, clock }: CeilingServices): readonly Route[] => [
  defineRoute({
    operationId: 'listIntervals',
    method: 'GET',
    path: '/readings/intervals',
    access: { permission: 'read:sensors' },
    projections: ['readings', 'nodes'],
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
    answers: { 200: pageOf(intervalSchema), ...problems(422) },
    handle: async ({ query: asked, place }) => {
      const { interval, per, order, limit } = asked;
      const filter = sensorFilterOf(asked);
      const { fromUs = 0, toUs } = rangeOf(asked);
      const intervalUs = intervalUsOf(interval);
      refuseTooMany(fromUs, toUs ?? clock.nowUs(), intervalUs);
      const [start = '', member = ''] = place(2) ?? [];
      const after = start === '' ? undefined : { start, member };
      const where = { filter, intervalUs, fromUs, toUs, per, order, after };
      const rows = await intervals.page({ ...where, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.start, row.sensor_id ?? row.sensor_type] });
    },
  }),
];

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
