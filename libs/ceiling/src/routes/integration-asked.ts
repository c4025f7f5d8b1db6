/** What clients of the replaced building server ask its exports with: a type, and days or times. */
import { parseTimeUs } from '@plenum/event';
import { oneOf, Problem } from '@plenum/http';
import { Type } from 'typebox';

export const integrationTypes = ['all', 'readings', 'nodes'] as const;
export type IntegrationType = (typeof integrationTypes)[number];

const time = (description: string) =>
  Type.Optional(
    Type.String({ description: `${description}; a day such as \`2026-03-04\`, or ISO 8601.`, maxLength: 50 }),
  );

/** Other parameters are let through: that server did not mind them. */
export const integrationQuery = Type.Object({
  type: oneOf(integrationTypes, {
    default: 'all',
    description: 'Which data. What there is none of yet (energy, maintenance) has no name here.',
  }),
  start_date: time('From then on, inclusive'),
  end_date: time('Up to then, exclusive; a day is included'),
});

export type IntegrationRange = { readonly fromUs: number | undefined; readonly toUs: number | undefined };

type Dates = { readonly start_date?: string; readonly end_date?: string };

const dayUs = 86_400_000_000;

/** Readings are compared by their effective time, nodes by when they were last seen. @throws Problem with everything that is wrong. */
export const integrationRange = ({ start_date, end_date }: Dates): IntegrationRange => {
  const [fromUs, toUs] = [boundUs(start_date, 0), boundUs(end_date, dayUs)];
  const wrong = [
    ...(fromUs === 'no-time' ? [fault('start_date', 'is neither a day nor a time')] : []),
    ...(toUs === 'no-time' ? [fault('end_date', 'is neither a day nor a time')] : []),
    ...(typeof fromUs === 'number' && typeof toUs === 'number' && fromUs > toUs
      ? [fault('start_date', 'is after end_date')]
      : []),
  ];
  if (fromUs !== 'no-time' && toUs !== 'no-time' && wrong.length === 0) return { fromUs, toUs };
  const detail = wrong.map(({ parameter, detail: what }) => `querystring: ${parameter} ${what}`).join('; ');
  throw new Problem('validation', `${detail}.`, { extra: { errors: wrong } });
};

const fault = (parameter: string, detail: string) => ({ in: 'querystring', parameter, detail });

/** Of a day that is all there is of it, `ofDayUs` after its start in UTC. */
const boundUs = (written: string | undefined, ofDayUs: number): number | 'no-time' | undefined => {
  if (written === undefined) return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(written);
  // A plus sign that nobody escaped arrives as a space.
  const timeUs = parseTimeUs(isDay ? `${written}T00:00:00Z` : written.replace(/(\d:\d\S*) (\d\d:?\d\d)$/, '$1+$2'));
  return timeUs === undefined ? 'no-time' : timeUs + (isDay ? ofDayUs : 0);
};
