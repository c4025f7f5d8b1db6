/** What no page can be faster than: the same SQL, read by the driver over as many connections, and every row dropped. */
import { readingReads } from '@plenum/ceiling';
import type { Sql } from '@plenum/read-model';
import pg from 'pg';
import type { Count } from '../load/http-load.ts';
import { serve } from '../machine/serve.ts';

export type Start = {
  readonly url: string;
  readonly sensors: readonly string[];
  readonly limit: number;
  readonly connections: number;
};

const DriverQuery = pg.Query as unknown as new (config: pg.QueryConfig) => { handleDataRow(): void };

/** What the driver calls for a row does nothing; its types do not show it. */
class DroppingQuery extends DriverQuery {
  override handleDataRow(): void {
    rows += 1;
  }
}

let rows = 0;
let answered = 0;
let isStopped = false;
let pool: pg.Pool | undefined;
const running: Promise<void>[] = [];

const start = async ({ url, sensors, limit, connections }: Start): Promise<void> => {
  const opened = new pg.Pool({ connectionString: url, max: connections });
  pool = opened;
  const sql: Sql = async (text: string, values: readonly unknown[] = []) => {
    await (opened.query(new DroppingQuery({ name: 'page', text, values: [...values] }) as never) as unknown);
    return [];
  };
  const reads = readingReads(sql);
  const pageOf = async (sensor: string): Promise<void> => {
    await reads.page({ filter: { sensor }, order: 'desc', limit });
    answered += 1;
  };
  await pageOf(sensors[0] ?? '');
  if (rows !== limit) throw new Error(`a page has ${rows} rows, not ${limit}`);
  const run = async (first: number): Promise<void> => {
    for (let next = first; !isStopped; next += connections) await pageOf(sensors[next % sensors.length] ?? '');
  };
  running.push(...Array.from({ length: connections }, (_, index) => run(index)));
};

const count = (): Count => ({ answered, bytes: 0, atMs: performance.now() });

serve({ start, count }, async () => {
  isStopped = true;
  await Promise.all(running);
  await pool?.end();
});
