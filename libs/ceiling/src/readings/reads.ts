/**
 * Questions about readings. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. What
 * is asked for is bound by index order: a page of any size of table costs a page.
 */
import { formatTimeUs } from '@plenum/event';
import {
  type Binder,
  binder,
  columnsWithout,
  numberColumn,
  numberedRows,
  numberOf,
  type Rows,
  type ShownRow,
  type Sql,
  selectedColumns,
  withValues,
} from '@plenum/read-model';
import { sensorTypes } from '../vocabulary.ts';
import { readingsName, sensorBins, sensorData, typeBins } from './sensor-data.ts';
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
  /** Of none of them, every page costs one of each sensor type: no index has an order across all sensors. */
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
      `select count(*) from ${ledger} d
       where d.${sensorNumber} = ${numberFor('sensor_id', '$1')} and d."timestamp" >= $3::timestamptz
         and ${sensorBins.startOf('d.effective_time')} >= ${sensorBins.startOf('$2::timestamptz')}
         and ${exactly(['d.effective_time >= $2::timestamptz'])}`,
      [sensorId, formatTimeUs(fromUs), monthOf(formatTimeUs(fromUs))],
    );
    return row?.count ?? 0;
  },
});

/** Rows are found by the numbers of their sensors and types; those of a page are given their values afterwards. */
const ledger = numberedRows(readingsName, sensorData);
const { columns: readingColumns, joins: readingValues } = withValues(readingsName, sensorData, 'd');
const numberFor = (column: 'sensor_id' | 'sensor_type', value: string): string =>
  numberOf(readingsName, sensorData, column, value);
const sensorNumber = numberColumn('sensor');
const typeNumber = numberColumn('type');

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
  const { sensor, node, type } = asked.filter;
  const { parameters, bind } = binder();
  const bySensor = sensor !== undefined || node !== undefined;
  const { startOf } = bySensor ? sensorBins : typeBins;
  const { found, exact } = timeConditions(asked, bind, startOf);
  const places = placeColumns.map((column) => `d.${column} ${asked.order}`).join(', ');
  // The interval changes nothing in the order: it lets that be read from the index.
  const order = `order by started ${asked.order}, ${places}`;
  const limit = `limit ${bind(asked.limit)}`;

  if (type !== undefined) {
    (bySensor ? exact : found).push(`d.${typeNumber} = ${numberFor('sensor_type', bind(type))}`);
  }
  if (sensor !== undefined) found.push(`d.${sensorNumber} = ${numberFor('sensor_id', bind(sensor))}`);
  if (sensor !== undefined && node !== undefined) found.push(`${bind(sensor)} in (${sensorsOfNode(bind(node))})`);
  // A page of each sensor by its index, then the page of those: the node's own order is in no index.
  const ofNode = sensor === undefined && node !== undefined ? sensorsOfNode(bind(node)) : undefined;
  if (ofNode !== undefined) found.push(`d.${sensorNumber} = ${numberFor('sensor_id', 's.sensor_id')}`);
  const ofAll =
    !bySensor && type === undefined ? `select unnest(${bind(sensorTypes)}::text[]) as sensor_type` : undefined;
  if (ofAll !== undefined) found.push(`d.${typeNumber} = ${numberFor('sensor_type', 's.sensor_type')}`);
  const each = ofNode ?? ofAll;
  const page = `select d.*, ${startOf('d.effective_time')} as started from ${ledger} d where ${[...found, exactly(exact)].join(' and ')} ${order} ${limit}`;
  const rows = each === undefined ? page : `select d.* from (${each}) s cross join lateral (${page}) d`;
  return sql(
    `select ${readingColumns} from (${each === undefined ? page : `${rows} ${order} ${limit}`}) d
     ${readingValues} ${order}`,
    parameters,
    asked.limit,
  );
};

/**
 * A device may use one message id for two sensors or two times, so an effective time and an event id are not enough. Sensors
 * stand in the order in which they were first heard of.
 */
const placeColumns = ['effective_time', 'event_id', sensorNumber, '"timestamp"'] as const;

/**
 * `found` is what an index or the months find. `exact` is what has to hold besides: it says nearly the same again, and
 * PostgreSQL would take both for independent and expect far too few rows.
 */
type Conditions = { readonly found: string[]; readonly exact: string[] };

/** All of them, as one condition of which PostgreSQL expects half of the rows. */
const exactly = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'true' : `coalesce(${conditions.join(' and ')}, false)`;

/** The start of a time's month. The table is cut into those, and within one the condition is no condition. */
const monthOf = (time: string): string => `${time.slice(0, 7)}-01T00:00:00Z`;

/**
 * The table is cut into months of `timestamp`. An effective time is its timestamp, or, when the device's clock ran
 * ahead, less: whatever has an effective time from some moment on has a timestamp from that moment on too.
 */
const timeConditions = (
  { fromUs, toUs, order, after }: ReadingsAsked,
  bind: Binder['bind'],
  startOf: (time: string) => string,
): Conditions => {
  const [found, exact]: [string[], string[]] = [[], []];
  const within = (compared: '>=' | '<=', time: string): void => {
    found.push(`${startOf('d.effective_time')} ${compared} ${startOf(`${time}::timestamptz`)}`);
  };
  const fromMonth = (time: string): void => {
    found.push(`d."timestamp" >= ${bind(monthOf(time))}::timestamptz`);
  };
  if (fromUs !== undefined) {
    const from = bind(formatTimeUs(fromUs));
    exact.push(`d.effective_time >= ${from}::timestamptz`);
    within('>=', from);
    fromMonth(formatTimeUs(fromUs));
  }
  if (toUs !== undefined) {
    const to = bind(formatTimeUs(toUs));
    exact.push(`d.effective_time < ${to}::timestamptz`);
    within('<=', to);
  }
  if (after !== undefined) {
    const effective = bind(after.effective_time);
    const sensor = numberFor('sensor_id', bind(after.sensor_id));
    const place = `${effective}::timestamptz, ${bind(after.event_id)}::uuid, ${sensor}, ${bind(after.timestamp)}::timestamptz`;
    const columns = placeColumns.map((column) => `d.${column}`).join(', ');
    exact.push(`(${columns}) ${order === 'asc' ? '>' : '<'} (${place})`);
    within(order === 'asc' ? '>=' : '<=', effective);
    if (order === 'asc') fromMonth(after.effective_time);
  }
  return { found, exact };
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
