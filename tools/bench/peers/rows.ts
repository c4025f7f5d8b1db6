/** What is in the tables of a pipeline, asked on one connection that stays open. */
import { openPool } from '@plenum/postgres';
import { type Named, probeSensor } from './readings-plan.ts';

export type Rows = {
  /** Those that are not visible. */
  missing(named: readonly Named[]): Promise<readonly Named[]>;
  /** Rows of the load, and how many different readings they are. */
  counts(): Promise<{ readonly rows: number; readonly distinct: number }>;
  /** Rows of the probe too. */
  all(): Promise<number>;
  /** What one statement counts. */
  count(sql: string): Promise<number>;
  databaseBytes(): Promise<number>;
  close(): Promise<void>;
};

/** @param readings a relation with `sensor_id`, `time` and `value`, as SQL. */
export const openRows = (url: string, readings: string): Rows => {
  const pool = openPool({ url, applicationName: 'bench rows', connectionsMax: 1 });
  const count = async (sql: string, parameters: readonly unknown[] = []): Promise<number> => {
    const { rows } = await pool.query<{ count: string }>(sql, [...parameters]);
    return Number(rows[0]?.count);
  };
  // A subquery per reading, so that each is one look into an index, however the planner sees the table.
  const missingSql = `
    select n::int from unnest($1::text[], $2::timestamptz[]) with ordinality as s (sensor_id, time, n)
    where (select 1 from ${readings} as r where r.sensor_id = s.sensor_id and r.time = s.time limit 1) is null`;
  return {
    missing: async (named) => {
      const parameters = [named.map(({ sensor }) => sensor), named.map(({ time }) => time)];
      const { rows } = await pool.query<{ n: number }>(missingSql, parameters);
      return rows.flatMap(({ n }) => named[n - 1] ?? []);
    },
    counts: async () => {
      const ofLoad = `from ${readings} as r where sensor_id <> '${probeSensor}'`;
      const rows = await count(`select count(*) as count ${ofLoad}`);
      const distinct = await count(`select count(*) as count from (select distinct sensor_id, time ${ofLoad}) as d`);
      return { rows, distinct };
    },
    all: () => count(`select count(*) as count from ${readings} as r`),
    count,
    databaseBytes: () => count('select pg_database_size(current_database()) as count'),
    close: () => pool.end(),
  };
};
