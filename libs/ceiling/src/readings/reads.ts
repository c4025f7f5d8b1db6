/**
 * Questions about readings. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. What
 * is asked for is bound by index order: a page of any size of table costs a page.
 */
import { formatTimeUs } from '@plenum/event';
import {
  type Binder,
  binder,
  columnsWithout,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
} from '@plenum/read-model';
import { sensorBins, sensorData, typeBins } from './sensor-data.ts';
import { latestTable } from './sensor-latest.ts';

export type ReadingReads = {
  /** One page of raw readings, ordered by (effective time, event id). */
  readonly page: (asked: ReadingsAsked) => Promise<Rows<Reading>>;
  /** The latest reading of every sensor asked for, by sensor id. */
  readonly latest: (asked: LatestAsked) => Promise<Rows<LatestReading>>;
  /** How many readings a sensor has at or after a time. */
  readonly countSince: (sensorId: string, fromUs: number) => Promise<number>;
};

/** Which sensors: one, those of a node, those of a type. Several at once narrow each other down. */
export type SensorFilter = {
  readonly sensor?: string | undefined;
  readonly node?: string | undefined;
  readonly type?: string | undefined;
};

export type Order = 'asc' | 'desc';

export type ReadingsAsked = {
  /** At least one of them: the table has no order across all sensors. */
  readonly filter: SensorFilter;
  /** By effective time, inclusive. */
  readonly fromUs?: number | undefined;
  /** By effective time, exclusive. */
  readonly toUs?: number | undefined;
  readonly order: Order;
  readonly after?: ReadingPlace | undefined;
  readonly limit: number;
};

/** Where a reading stands among all others. Times are as the rows have them. */
export type ReadingPlace = Pick<Reading, 'effective_time' | 'event_id' | 'sensor_id' | 'timestamp'>;

export type LatestAsked = {
  readonly filter: SensorFilter;
  readonly afterSensor?: string | undefined;
  readonly limit: number;
};

export type Reading = ShownRow<typeof sensorData>;

/** When it was last heard of is not about the reading. */
export const latestShown = columnsWithout(latestTable, 'received_time');

export type LatestReading = ShownRow<typeof latestShown>;

export const readingReads = (sql: Sql): ReadingReads => ({
  // Async, so that what cannot be asked rejects: who asks two things at once would never hear of the other.
  page: async (asked) => readingsPage(sql, asked),
  latest: async (asked) => latestPage(sql, asked),
  countSince: async (sensorId, fromUs) => {
    const [row] = await sql<{ readonly count: number }>(
      `select count(*) from public.sensor_data d
       where d.sensor_id = $1 and d.effective_time >= $2::timestamptz and d."timestamp" >= $2::timestamptz
         and ${sensorBins.startOf('d.effective_time')} >= ${sensorBins.startOf('$2::timestamptz')}`,
      [sensorId, formatTimeUs(fromUs)],
    );
    return row?.count ?? 0;
  },
});

const readingColumns = selectedColumns(sensorData, 'd');
const latestColumns = selectedColumns(latestShown, 'l');

/**
 * SQL for the ids of a node's sensors: those whose id names it, and those without a node that its registration claims.
 * `node` is a placeholder or a column.
 */
export const sensorsOfNode = (node: string): string => `
  select s.sensor_id from public.sensor_latest s where s.node_id = ${node}
  union
  select s.sensor_id
    from public.sensor_nodes n cross join lateral jsonb_array_elements_text(n.sensors) as claimed(id)
    join public.sensor_latest s on s.sensor_id = claimed.id
   where n.node_id = ${node} and s.node_id is null`;

const readingsPage = (sql: Sql, asked: ReadingsAsked): Promise<Rows<Reading>> => {
  const { sensor, node } = asked.filter;
  const { parameters, bind } = binder();
  const { startOf } = sensor === undefined && node === undefined ? typeBins : sensorBins;
  const conditions = readingConditions(asked, bind, startOf);
  // The bins change nothing in the order: they let it be read from the index.
  const sorted = [startOf('d.effective_time'), ...placeColumns.map((column) => `d.${column}`)];
  const order = `order by ${sorted.map((by) => `${by} ${asked.order}`).join(', ')}`;
  const limit = `limit ${bind(asked.limit)}`;

  if (sensor !== undefined || node === undefined) {
    if (sensor !== undefined) conditions.push(`d.sensor_id = ${bind(sensor)}`);
    if (node !== undefined) conditions.push(`d.sensor_id in (${sensorsOfNode(bind(node))})`);
    return sql(
      `select ${readingColumns} from public.sensor_data d where ${conditions.join(' and ')} ${order} ${limit}`,
      parameters,
      asked.limit,
    );
  }
  // A page of each sensor by its index, then the page of those: the node's own order is in no index.
  conditions.push('d.sensor_id = s.sensor_id');
  return sql(
    `select ${readingColumns} from (${sensorsOfNode(bind(node))}) s cross join lateral
       (select d.* from public.sensor_data d where ${conditions.join(' and ')} ${order} ${limit}) d
     ${order} ${limit}`,
    parameters,
    asked.limit,
  );
};

/** A device may use one message id for two sensors or two times, so an effective time and an event id are not enough. */
const placeColumns = ['effective_time', 'event_id', 'sensor_id', '"timestamp"'] as const;

/**
 * The table is cut into months of `timestamp`. An effective time is its timestamp, or, when the device's clock ran
 * ahead, less: whatever has an effective time from some moment on has a timestamp from that moment on too.
 */
const readingConditions = (
  { filter, fromUs, toUs, order, after }: ReadingsAsked,
  bind: Binder['bind'],
  startOf: (time: string) => string,
): string[] => {
  const conditions: string[] = [];
  const within = (compared: '>=' | '<=', time: string): void => {
    conditions.push(`${startOf('d.effective_time')} ${compared} ${startOf(`${time}::timestamptz`)}`);
  };
  if (filter.type !== undefined) conditions.push(`d.sensor_type = ${bind(filter.type)}`);
  if (fromUs !== undefined) {
    const from = bind(formatTimeUs(fromUs));
    conditions.push(`d.effective_time >= ${from}::timestamptz`, `d."timestamp" >= ${from}::timestamptz`);
    within('>=', from);
  }
  if (toUs !== undefined) {
    const to = bind(formatTimeUs(toUs));
    conditions.push(`d.effective_time < ${to}::timestamptz`);
    within('<=', to);
  }
  if (after !== undefined) {
    const effective = bind(after.effective_time);
    const place = `${effective}::timestamptz, ${bind(after.event_id)}::uuid, ${bind(after.sensor_id)}, ${bind(after.timestamp)}::timestamptz`;
    const columns = placeColumns.map((column) => `d.${column}`).join(', ');
    conditions.push(`(${columns}) ${order === 'asc' ? '>' : '<'} (${place})`);
    if (order === 'asc') conditions.push(`d."timestamp" >= ${effective}::timestamptz`);
    within(order === 'asc' ? '>=' : '<=', effective);
  }
  return conditions;
};

const latestPage = (sql: Sql, { filter, afterSensor, limit }: LatestAsked): Promise<Rows<LatestReading>> => {
  const { parameters, bind } = binder();
  const conditions = ['true'];
  if (filter.sensor !== undefined) conditions.push(`l.sensor_id = ${bind(filter.sensor)}`);
  if (filter.node !== undefined) conditions.push(`l.sensor_id in (${sensorsOfNode(bind(filter.node))})`);
  if (filter.type !== undefined) conditions.push(`l.sensor_type = ${bind(filter.type)}`);
  if (afterSensor !== undefined) conditions.push(`l.sensor_id > ${bind(afterSensor)}`);
  return sql(
    `select ${latestColumns} from public.sensor_latest l
     where ${conditions.join(' and ')} order by l.sensor_id limit ${bind(limit)}`,
    parameters,
    limit,
  );
};
