/** The bare side of CSV: PostgreSQL copies the rows of the same question into a file, which is synced. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { exports as kinds } from '@plenum/catalogue';
import { buildOf, nameOfBuild } from '@plenum/read-model';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { selectRows } from '../../../apps/exporter/src/content/select-rows.ts';
import { rowsSelect } from '../../../libs/postgres/src/snapshot/rows-select.ts';
import { serve } from '../machine/serve.ts';
import { setsOf } from './projections.ts';

export type Start = { readonly url: string };
export type Asked = { readonly target: string; readonly to?: string; readonly seconds: number };

let client: pg.Client | undefined;

/** Answers the process id of the backend, which is what this side is about. */
const start = async ({ url }: Start): Promise<number> => {
  client = new pg.Client({ connectionString: url });
  await client.connect();
  const projection = setsOf({ shape: 'real' }).find(({ name }) => name === 'readings');
  if (projection === undefined) throw new Error('there is no projection of readings');
  // As the exporter has it.
  await client.query(
    `set search_path to ${nameOfBuild(buildOf(projection))}, public; set work_mem = '32MB'; set timezone = 'UTC'`,
  );
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
};

const run = async ({ target, to, seconds }: Asked) => {
  if (client === undefined) throw new Error('not started');
  const kind = kinds.find((one) => one.content === 'rows' && one.kind === 'readings');
  if (kind?.content !== 'rows') throw new Error('readings cannot be exported');
  const asked = to === undefined ? {} : { to };
  const select = rowsSelect(client, selectRows({ kind, asked, organisation: 'default' }));
  const fromMs = performance.now();
  let [records, passes] = [0, 0];
  do {
    const stream = client.query(copyTo(`copy (${select}) to stdout (format csv, header)`));
    await pipeline(stream, createWriteStream(target, { flush: true }));
    records += stream.rowCount;
    passes += 1;
  } while (performance.now() - fromMs < seconds * 1000);
  return { records, passes, ms: performance.now() - fromMs };
};

serve({ start, run }, async () => client?.end());
