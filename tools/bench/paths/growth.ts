/** Whether projection slows down as its tables grow: the same readings on top of ten million rows and of one million. */
import type { Measured, RatioBench } from '../bench.ts';
import type { Milestone } from '../machine/milestones.ts';
import { watchUsage } from '../machine/usage.ts';
import { schemaOf } from '../sides/projections.ts';
import type { Start } from '../sides/projector.ts';
import { grouped } from '../tell.ts';
import type { World } from '../world.ts';
import { projectedRows, warmUpRows } from './projection.ts';
import { readingsFromMs, readingsLog } from './readings-log.ts';

export const growth: RatioBench = {
  kind: 'ratio',
  name: 'growth',
  about: 'log to committed rows of the whole set, on top of 10 million stored rows',
  unit: 'rows/s',
  logs: ['postgres'],
  onRequest: true,
  subject: (world) => projectOnto(world, 10_000_000),
  against: [
    {
      name: '1 million rows',
      about: 'the same on top of 1 million',
      atLeast: 0.95,
      aim: 1,
      run: (world) => projectOnto(world, 1_000_000),
    },
  ],
};

const projectOnto = async (world: World, rows: number): Promise<Measured> => {
  const log = await readingsLog(world, 'postgres', projectedRows);
  const url = await tablesWith(world, rows);
  const projector = await world.member({ name: 'projector', program: 'sides/projector.ts' });
  try {
    await projector.ask('start', { log, url, nowMs: readingsFromMs, shape: 'projection' } satisfies Start);
    const from = await projector.ask<Milestone>('reached', { count: warmUpRows });
    const usageSince = watchUsage([projector, (await world.postgres()).watched()]);
    const busyFromMs = await projector.ask<number>('busyMs');
    const to = await projector.ask<Milestone>('reached', { count: projectedRows });
    const usage = usageSince();
    const busyMs = (await projector.ask<number>('busyMs')) - busyFromMs;
    const perSecond = ((projectedRows - warmUpRows) / (to.atMs - from.atMs)) * 1000;
    // Backends wait for each other, so the cores are never full, and two projectors are no faster than one. What is asked is
    // whether the tables ever waited for the log: whether there was always a transaction under way.
    return { perSecond, usage, saturation: busyMs / (usage.seconds * 1000) };
  } finally {
    await projector.stop();
  }
};

/** Tables with so many readings from before those of the log: filled once, and cleared of what the last run added. */
const tablesWith = async (world: World, rows: number): Promise<string> => {
  const server = await world.postgres();
  const database = `bench_growth_${rows}`;
  if (!(await server.hasDatabase(database))) {
    world.tell(`  filling tables with ${grouped(rows)} rows, once`);
    await fill(world, database, rows);
  }
  for (const statement of clear) await server.run(statement, database);
  await server.run('checkpoint');
  return server.urlOf(database);
};

const schema = schemaOf({ shape: 'projection' });
const since = `timestamptz '${new Date(readingsFromMs).toISOString()}'`;
const clear = [
  `delete from ${schema}.sensor_data_rows where "timestamp" >= ${since}`,
  `delete from ${schema}.sensor_minutes where minute >= ${since}`,
  `truncate ${schema}.sensor_latest`,
  'update plenum.checkpoint set next_offset = 0, read = 0, applied = 0, duplicates = 0, not_for_it = 0, parked = 0',
  `vacuum analyze ${schema}.sensor_data_rows`,
  `vacuum analyze ${schema}.sensor_minutes`,
];

const fill = async (world: World, database: string, rows: number): Promise<void> => {
  const server = await world.postgres();
  const url = await server.emptyDatabase(`${database}_new`);
  const log = await readingsLog(world, 'postgres', projectedRows);
  // The tables are made as the projector makes them: by starting it.
  const projector = await world.tool({ name: 'tables', program: 'sides/projector.ts' });
  await projector.ask('start', { log, url, nowMs: readingsFromMs, shape: 'projection' } satisfies Start);
  await projector.ask('reached', { count: 1 });
  await projector.stop();
  await server.run(readingsSql(rows), `${database}_new`);
  await server.run(minutesSql, `${database}_new`);
  // Under its own name only when it is whole.
  await server.run(`alter database ${database}_new rename to ${database}`);
};

/** As many sensors, and as often, as the site of the prepared log. */
const readingsSql = (rows: number): string => `
  insert into ${schema}.sensor_data_sensor (sensor_id)
    select 'ceiling_node_' || lpad((n % 200 + 1)::text, 3, '0') || '_humidity' || n % 9 from generate_series(1, 1800) n
    on conflict do nothing;
  insert into ${schema}.sensor_data_type (sensor_type) values ('humidity') on conflict do nothing;
  insert into ${schema}.sensor_data_source (sensor_id, node_id, sensor_type, unit, location, log_partition)
    select 'ceiling_node_' || lpad((n % 200 + 1)::text, 3, '0') || '_humidity' || n % 9,
      'ceiling_node_' || lpad((n % 200 + 1)::text, 3, '0'), 'humidity', '%',
      '{"x":2400,"y":4800,"z":2700,"zone":"zone-A"}', n % 8 from generate_series(1, 1800) n
    on conflict do nothing;
  insert into ${schema}.sensor_data_rows (event_id, log_offset, sensor_number, type_number, source_number, value,
    "timestamp", effective_time, metadata, created_at)
  select gen_random_uuid(), n, s.number, t.number, p.number, n % 100, at, at, '{"n":1,"simulated":true}',
    at + interval '50 ms'
  from generate_series(1, ${rows}) n
  cross join lateral (select ${since} - (${rows} - n + 1) * interval '1 s' / 360 as at) moment
  join ${schema}.sensor_data_sensor s
    on s.sensor_id = 'ceiling_node_' || lpad((n % 200 + 1)::text, 3, '0') || '_humidity' || n % 9
  join ${schema}.sensor_data_type t on t.sensor_type = 'humidity'
  join ${schema}.sensor_data_source p
    on p.sensor_id = s.sensor_id and p.sensor_type = 'humidity' and p.unit = '%' and p.log_partition = n % 8
   and p.location = '{"x":2400,"y":4800,"z":2700,"zone":"zone-A"}'
  order by n`;

const minutesSql = `
  insert into ${schema}.sensor_minutes (event_id, log_partition, log_offset, sensor_id, minute, sensor_type, node_id,
    readings, value_sum, value_min, value_max)
  select gen_random_uuid(), 0, 0, sensor_id, date_trunc('minute', effective_time), 'humidity', min(node_id), count(*),
    sum(value), min(value), max(value)
  from ${schema}.sensor_data where "timestamp" < ${since} group by sensor_id, date_trunc('minute', effective_time)`;
