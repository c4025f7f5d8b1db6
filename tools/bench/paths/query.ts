/** One page of readings through the API, beside the same SQL behind a bare route, and beside what the driver alone can read. */
import type { Measured, RatioBench, RunSettings } from '../bench.ts';
import type { Count, Open } from '../load/http-load.ts';
import type { Member } from '../machine/member.ts';
import type { LogPlace } from '../machine/place.ts';
import { type Watched, watchUsage } from '../machine/usage.ts';
import type { Start as StartProjector } from '../sides/projector.ts';
import type { Start as StartBare } from '../sides/query-bare.ts';
import type { Start as StartLimit } from '../sides/query-limit.ts';
import type { Started } from '../sides/started.ts';
import type { World } from '../world.ts';
import { projectedRows } from './projection.ts';
import { readingsFromMs, readingsLog } from './readings-log.ts';

const connections = 16;
export const pageLimit = 100;
const warmUpMs = 2_000;

export const query: RatioBench = {
  kind: 'ratio',
  name: 'query',
  about: `one page of ${pageLimit} readings of a sensor, newest first, through the API`,
  unit: 'pages/s',
  logs: ['postgres'],
  subject: async (world, settings) => {
    const log = await readingsLog(world, 'postgres', projectedRows);
    const api = await world.member({ name: 'query-api', program: 'sides/query-api.ts' });
    return pages(world, { server: api, start: { log, url: await tables(world, log) }, settings });
  },
  against: [
    {
      name: 'bare route',
      about: 'the same SQL over the driver as it comes, behind a bare Fastify route',
      atLeast: 1.5,
      aim: 2.5,
      run: (world, settings) => barePages(world, settings, 'dates'),
    },
    {
      name: 'bare route, texts',
      about: 'the same, with times left as the texts that PostgreSQL sends: the driver makes dates of them slowly',
      atLeast: 1,
      aim: 1.5,
      run: (world, settings) => barePages(world, settings, 'texts'),
    },
    {
      name: 'the limit',
      about: 'the same SQL by the driver, which drops the rows as they arrive: no page can be faster',
      atLeast: 0.5,
      aim: 0.8,
      run: async (world, settings) => {
        const log = await readingsLog(world, 'postgres', projectedRows);
        return droppedPages(world, { url: await tables(world, log), settings });
      },
    },
  ],
};

const barePages = async (world: World, settings: RunSettings, times: StartBare['times']): Promise<Measured> => {
  const log = await readingsLog(world, 'postgres', projectedRows);
  const server = await world.member({ name: 'fastify', program: 'sides/query-bare.ts' });
  // One row more than the page, which is how the API knows whether there is another.
  return pages(world, { server, start: { url: await tables(world, log), times } satisfies StartBare, settings });
};

type Dropping = { readonly url: string; readonly settings: RunSettings };

const droppedPages = async (world: World, { url, settings }: Dropping): Promise<Measured> => {
  const reader = await world.member({ name: 'reader', program: 'sides/query-limit.ts' });
  try {
    await reader.ask('start', { url, sensors, limit: pageLimit + 1, connections } satisfies StartLimit);
    return await measuredPages(world, { component: reader, counts: reader, others: [], settings });
  } finally {
    await reader.stop();
  }
};

type Counting = {
  readonly component: Member;
  /** Says how many pages there were. */
  readonly counts: Member;
  readonly others: readonly Watched[];
  readonly settings: RunSettings;
};

const measuredPages = async (world: World, { component, counts, others, settings }: Counting): Promise<Measured> => {
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const usageSince = watchUsage([component, ...others, (await world.postgres()).watched()]);
  const from = await counts.ask<Count>('count');
  await new Promise((resolve) => setTimeout(resolve, settings.seconds * 1000));
  const to = await counts.ask<Count>('count');
  const usage = usageSince();
  const perSecond = ((to.answered - from.answered) / (to.atMs - from.atMs)) * 1000;
  return { perSecond, usage, saturation: usage.processes[0]?.busyShare ?? 0 };
};

type Asked = { readonly server: Member; readonly start: object; readonly settings: RunSettings };

export const pages = async (world: World, { server, start, settings }: Asked): Promise<Measured> => {
  try {
    const { url: address, headers } = await server.ask<Started>('start', start);
    const url = new URL(address);
    const limit = server.name === 'fastify' ? pageLimit + 1 : pageLimit;
    const paths = sensors.map((sensor) => `/api/v1/readings?sensor=${sensor}&limit=${limit}`);
    await checkPage(new URL(paths[0] ?? '', url), limit, headers);
    const load = await world.lasting({ name: 'http-load', program: 'load/http-load.ts' }, async () => undefined);
    await load.ask('open', { port: Number(url.port), connections, paths, headers } satisfies Open);
    await load.ask('begin');
    const others = [{ name: 'load', pid: load.pid }];
    const measured = await measuredPages(world, { component: server, counts: load, others, settings });
    await load.ask('finish');
    return measured;
  } finally {
    await server.stop();
  }
};

/** Both sides answer with whole pages, or they are not compared. */
const checkPage = async (url: URL, items: number, headers: Started['headers']): Promise<void> => {
  const answer = await fetch(url, { headers });
  const page = (await answer.json()) as { readonly items?: readonly unknown[] };
  if (page.items?.length !== items) throw new Error(`${url.href} answers ${page.items?.length} items, not ${items}`);
};

/** Sensors of the prepared site. */
const sensors = Array.from(
  { length: 200 },
  (_, index) => `ceiling_node_${String(index + 1).padStart(3, '0')}_temperature`,
);

const database = 'bench_query';
let made: Promise<string> | undefined;

/** The read models of the prepared log, made once and kept. */
export const tables = (world: World, log: LogPlace): Promise<string> => (made ??= makeTables(world, log));

const makeTables = async (world: World, log: LogPlace): Promise<string> => {
  const server = await world.postgres();
  const url = server.urlOf(database);
  if ((await server.hasDatabase(database)) && (await rowsIn(world)) === projectedRows) return url;
  await server.emptyDatabase(database);
  const projector = await world.tool({ name: 'filling', program: 'sides/projector.ts' });
  await projector.ask('start', { log, url, nowMs: readingsFromMs, shape: 'real' } satisfies StartProjector);
  await projector.ask('reached', { count: projectedRows });
  await projector.stop();
  await server.run('vacuum analyze', database);
  return url;
};

const rowsIn = async (world: World): Promise<number> => {
  const [row] = await (await world.postgres()).run(
    `select coalesce(sum(applied), 0)::int as rows from plenum.checkpoint where consumer = 'readings'`,
    database,
  );
  return Number(row?.rows);
};
