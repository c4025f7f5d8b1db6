/** Tables with any number of readings of the real shape: those of the prepared log, over and over, each time a while later. */
import { buildOf, nameOfBuild } from '@plenum/read-model';
import type { LogPlace } from '../machine/place.ts';
import { setsOf } from '../sides/projections.ts';
import { grouped } from '../tell.ts';
import type { World } from '../world.ts';
import { projectedRows } from './projection.ts';
import { tables } from './query.ts';
import { readingsLog } from './readings-log.ts';

export type ExportTables = { readonly log: LogPlace; readonly url: string };

/** @param rows a multiple of what the prepared log has. Made once and kept. */
export const exportTables = async (world: World, rows: number): Promise<ExportTables> => {
  const log = await readingsLog(world, 'postgres', projectedRows);
  const server = await world.postgres();
  const database = `bench_exports_${rows}`;
  if (!(await server.hasDatabase(database))) {
    world.tell(`  filling tables with ${grouped(rows)} rows, once`);
    await tables(world, log);
    await server.run(`drop database if exists ${database}_new with (force)`);
    await server.run(`create database ${database}_new template bench_query`);
    await server.run(again(rows / projectedRows), `${database}_new`);
    await server.run(`vacuum analyze ${schema()}.sensor_data_rows`, `${database}_new`);
    // Under its own name only when it is whole.
    await server.run(`alter database ${database}_new rename to ${database}`);
    await server.run('checkpoint');
  }
  return { log, url: server.urlOf(database) };
};

const schema = (): string => {
  const readings = setsOf({ shape: 'real' }).find(({ name }) => name === 'readings');
  if (readings === undefined) throw new Error('there is no projection of readings');
  return nameOfBuild(buildOf(readings));
};

/** In the order in which a projector would have written them: all of one time, then all of the next. */
const again = (times: number): string => `
  with shift as (
    select max(log_offset) + 1 as offsets, max("timestamp") - min("timestamp") + interval '1 s' as while
    from ${schema()}.sensor_data_rows
  )
  insert into ${schema()}.sensor_data_rows (event_id, log_offset, sensor_number, type_number, source_number, value,
    "timestamp", effective_time, metadata, created_at)
  select gen_random_uuid(), r.log_offset + n * s.offsets, r.sensor_number, r.type_number, r.source_number, r.value,
    r."timestamp" + n * s.while, r.effective_time + n * s.while, r.metadata, r.created_at + n * s.while
  from generate_series(1, ${times - 1}) n cross join shift s cross join ${schema()}.sensor_data_rows r
  order by n, r.log_offset`;
