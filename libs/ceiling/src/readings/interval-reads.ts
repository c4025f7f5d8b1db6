/** Readings counted by an interval, from the minutes that the projector keeps. */
import { formatTimeUs } from '@plenum/event';
import { type Binder, binder, type Rows, type Sql } from '@plenum/read-model';
import { type Order, type SensorFilter, sensorsOfNode } from './reads.ts';

export type IntervalReads = {
  /** One page of intervals, ordered by (start, sensor or type). */
  readonly page: (asked: IntervalsAsked) => Promise<Rows<Interval>>;
};

export type IntervalsAsked = {
  /** At least one of them. */
  readonly filter: SensorFilter;
  /** A whole number of minutes. */
  readonly intervalUs: number;
  /** Every interval that overlaps from..to is answered whole. */
  readonly fromUs: number;
  readonly toUs?: number | undefined;
  /** One row per sensor and interval, or all sensors of a type in one. */
  readonly per: 'sensor' | 'type';
  readonly order: Order;
  readonly after?: IntervalPlace | undefined;
  readonly limit: number;
};

export type IntervalPlace = { readonly start: string; readonly member: string };

export type Interval = {
  readonly start: string;
  readonly sensor_id: string | null;
  readonly sensor_type: string;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sum: number;
};

/** A Monday at midnight UTC: days begin at midnight and seven of them on a Monday. */
export const intervalOriginUs = Date.UTC(2000, 0, 3) * 1000;

/** The start of the interval a time falls in. */
export const intervalStartUs = (timeUs: number, intervalUs: number): number =>
  intervalOriginUs + Math.floor((timeUs - intervalOriginUs) / intervalUs) * intervalUs;

export const intervalReads = (sql: Sql): IntervalReads => ({ page: async (asked) => intervalsPage(sql, asked) });

const intervalsPage = (sql: Sql, asked: IntervalsAsked): Promise<Rows<Interval>> => {
  const { parameters, bind } = binder();
  const width = widthOf(asked.intervalUs, bind);
  const start = `date_bin(${width}, m.minute, ${bind(formatTimeUs(intervalOriginUs))}::timestamptz)`;
  const member = asked.per === 'sensor' ? 'm.sensor_id' : 'm.sensor_type';
  const conditions = intervalConditions(asked, bind);
  if (asked.after !== undefined) {
    const place = `(${bind(asked.after.start)}::timestamptz, ${bind(asked.after.member)})`;
    conditions.push(`(${start}, ${member}) ${asked.order === 'asc' ? '>' : '<'} ${place}`);
  }
  // Sums are added in one order, so that the same minutes always give the same bits.
  return sql(
    `select i.start, ${asked.per === 'sensor' ? 'i.member' : 'null'} as sensor_id, i.sensor_type,
            i.count, i.min, i.max, i.sum / i.count as mean, i.sum
       from (select ${start} as start, ${member} as member, max(m.sensor_type) as sensor_type,
                    sum(m.readings) as count, min(m.value_min) as min, max(m.value_max) as max,
                    sum(m.value_sum order by m.minute, m.sensor_id) as sum
               from public.sensor_minutes m where ${conditions.join(' and ')}
              group by 1, 2) i
      order by i.start ${asked.order}, i.member ${asked.order} limit ${bind(asked.limit)}`,
    parameters,
    asked.limit,
  );
};

const widthOf = (intervalUs: number, bind: Binder['bind']): string =>
  `make_interval(secs => ${bind(intervalUs / 1_000_000)}::float8)`;

const intervalConditions = (asked: IntervalsAsked, bind: Binder['bind']): string[] => {
  const { filter, intervalUs, fromUs, toUs, order, after } = asked;
  const conditions = [`m.minute >= ${bind(formatTimeUs(intervalStartUs(fromUs, intervalUs)))}::timestamptz`];
  if (toUs !== undefined) {
    const end = intervalStartUs(toUs - 1, intervalUs) + intervalUs;
    conditions.push(`m.minute < ${bind(formatTimeUs(end))}::timestamptz`);
  }
  if (filter.sensor !== undefined) conditions.push(`m.sensor_id = ${bind(filter.sensor)}`);
  if (filter.node !== undefined) conditions.push(`m.sensor_id in (${sensorsOfNode(bind(filter.node))})`);
  if (filter.type !== undefined) conditions.push(`m.sensor_type = ${bind(filter.type)}`);
  if (after !== undefined) {
    // The interval's own condition is computed and uses no index; this one lets the scan begin where the page does.
    const start = `${bind(after.start)}::timestamptz`;
    conditions.push(order === 'asc' ? `m.minute >= ${start}` : `m.minute < ${start} + ${widthOf(intervalUs, bind)}`);
  }
  return conditions;
};
