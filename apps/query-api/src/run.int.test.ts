import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, projections, topics } from '@plenum/catalogue';
import { metricsRegistry } from '@plenum/metrics';
import { postgresReadModelStore } from '@plenum/postgres';
import { testDatabase } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { memoryLog } from '@plenum/runtime/testing';
import { preparedSql } from './database/prepared-sql.ts';
import { type QueryApiConfig, type QueryApiParts, runQueryApi } from './run.ts';
import { silentLogger } from './testing/fake-app.ts';

const config: QueryApiConfig = {
  HTTP_HOST: '127.0.0.1',
  PORT: 0,
  STALE_AFTER_S: 300,
  API_POOL_MAX: 2,
  API_PAGE_LIMIT: 100,
  API_PAGE_LIMIT_MAX: 1_000,
  API_QUERY_TIMEOUT: 300,
  TRUSTED_PROXIES: [],
  CORS_ORIGINS: [],
  STREAM_CLIENTS_MAX: 10,
  STREAM_CLIENTS_OF_ONE_MAX: 10,
  STREAM_WAITING_BYTES_MAX: 65_536,
  STREAM_MISSED_MAX: 1_000,
};

type Running = { readonly url: string; readonly stop: () => Promise<void>; readonly warned: readonly string[] };

const run = async (t: TestContext, databaseUrl: string, more: Partial<QueryApiParts> = {}): Promise<Running> => {
  const stop = new AbortController();
  const listening = Promise.withResolvers<string>();
  const warned: string[] = [];
  const running = runQueryApi(
    {
      database: { url: databaseUrl, beside: (asked) => asked },
      config,
      log: memoryLog(topics),
      codec: avroCodec(events),
      projections,
      clock: { nowUs: () => Date.now() * 1_000 },
      logger: { ...silentLogger, warn: (_, message) => void warned.push(message) },
      metrics: metricsRegistry(),
      authentication: 'off',
      mqttConnected: async () => false,
      onListening: listening.resolve,
      ...more,
    },
    stop.signal,
  );
  running.catch(listening.reject);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  t.after(end);
  return { url: await listening.promise, stop: end, warned };
};

const prepared = async (t: TestContext) => {
  const { pool, url } = await testDatabase(t);
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  for (const projection of projections.map((one) => buildOf(one))) {
    const partitions = topics
      .filter(({ name }) => projection.topics.includes(name))
      .flatMap((topic) =>
        Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition })),
      );
    await store.prepare(projection, partitions);
  }
  return { pool, url };
};

test('listens, answers, and when asked to stop finishes what it was asked', async (t) => {
  const { pool, url: databaseUrl } = await prepared(t);
  const { url, stop } = await run(t, databaseUrl, { config: { ...config, API_QUERY_TIMEOUT: 20_000 } });
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal((await fetch(`${url}/api/v1/health/ready`)).status, 200);

  const locker = await pool.connect();
  await locker.query('begin');
  await locker.query('lock table public.sensor_nodes in access exclusive mode');
  const slow = fetch(`${url}/api/v1/network/status`);
  await waitFor(
    pool,
    `select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'plenum query-api'`,
  );
  const stopped = stop();
  await locker.query('commit');
  locker.release();
  const answer = await slow;
  assert.deepEqual([answer.status, ((await answer.json()) as { total_nodes: number }).total_nodes], [200, 0]);
  await stopped;
  await assert.rejects(fetch(`${url}/api/v1/health/live`));
});

/** Asks the server again until it answers with a row. */
const waitFor = async (pool: { query(text: string): Promise<{ rows: unknown[] }> }, text: string): Promise<void> => {
  while ((await pool.query(text)).rows.length === 0) await pool.query('select pg_sleep(0.01)');
};

test('a query that takes too long is given up by the server', async (t) => {
  const { pool, url: databaseUrl } = await prepared(t);
  const { url } = await run(t, databaseUrl);
  const locker = await pool.connect();
  await locker.query('begin');
  await locker.query('lock table public.sensor_nodes in access exclusive mode');
  const answer = await fetch(`${url}/api/v1/network/status`);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.equal(((await answer.json()) as { type: string }).type, '/problems/timeout');
  await locker.query('rollback');
  locker.release();
  assert.equal((await fetch(`${url}/api/v1/network/status`)).status, 200);
});

test('a database without read models, and one that is away, are 503', async (t) => {
  const { url: databaseUrl } = await testDatabase(t);
  const empty = await run(t, databaseUrl);
  const unprepared = await fetch(`${empty.url}/api/v1/nodes`);
  assert.equal(unprepared.status, 503);
  assert.match(await unprepared.text(), /the projector does that when it starts/);
  assert.deepEqual(await (await fetch(`${empty.url}/health`)).json(), { status: 'ok', db: true });

  const nowhere = createServer();
  nowhere.listen(0, '127.0.0.1');
  await once(nowhere, 'listening');
  const { port } = nowhere.address() as { port: number }; // It listens on TCP.
  nowhere.close();
  await once(nowhere, 'close');
  const away = await run(t, `postgresql://u:secret@127.0.0.1:${port}/none`);
  for (const path of [
    '/api/v1/nodes',
    '/api/v1/readings?sensor=a',
    '/api/v1/health/ready',
    '/health',
    '/api/iot/network/status',
  ]) {
    const answer = await fetch(`${away.url}${path}`);
    assert.equal(answer.status, 503, path);
    assert.equal((await answer.text()).includes('secret'), false);
  }
  assert.equal((await fetch(`${away.url}/api/v1/health/live`)).status, 200);
});

test('without guards nobody but this machine gets in', async (t) => {
  const { url: databaseUrl } = await testDatabase(t);
  const open = await run(t, databaseUrl, { config: { ...config, HTTP_HOST: '0.0.0.0' } });
  assert.match(open.warned.join(), /its guards are off/);
  const { port } = new URL(open.url);
  assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal);
  if (elsewhere !== undefined) await assert.rejects(fetch(`http://${elsewhere.address}:${port}/health`));
});

test('a port that is taken is an error, or another one is taken', async (t) => {
  const { url: databaseUrl } = await testDatabase(t);
  const first = await run(t, databaseUrl);
  const taken = { ...config, PORT: Number(new URL(first.url).port) };
  const second = await run(t, databaseUrl, { config: taken, whenPortTaken: 'take-another' });
  assert.notEqual(second.url, first.url);
  const parts = { ...config, PORT: taken.PORT };
  const stop = new AbortController();
  await assert.rejects(
    runQueryApi(
      {
        database: { url: databaseUrl, beside: (asked) => asked },
        config: parts,
        log: memoryLog(topics),
        codec: avroCodec(events),
        projections,
        clock: { nowUs: () => 0 },
        logger: silentLogger,
        metrics: metricsRegistry(),
        authentication: 'off',
        mqttConnected: async () => false,
      },
      stop.signal,
    ),
    { code: 'EADDRINUSE' },
  );
});

test('statements are prepared once on each connection', async (t) => {
  const { pool } = await testDatabase(t, { connectionsMax: 1 });
  const sql = preparedSql(pool);
  for (const value of [1, 2, 3]) {
    assert.deepEqual(await sql('select $1::int as value', [value]), [{ value }]);
    assert.deepEqual(await sql('select $1::int + 1 as value', [value]), [{ value: value + 1 }]);
  }
  const { rows } = await pool.query('select name from pg_prepared_statements order by name');
  assert.deepEqual(rows, [{ name: 'read_0' }, { name: 'read_1' }]);
});

test('a statement goes on when the columns it reads get other types', async (t) => {
  const { pool } = await testDatabase(t, { connectionsMax: 1 });
  const sql = preparedSql(pool);
  await pool.query('create table thing (a int)');
  await pool.query('insert into thing values (7)');
  const ask = () => sql('select a from thing');
  assert.deepEqual(await ask(), [{ a: 7 }]);
  await pool.query('alter table thing alter column a type text');
  assert.deepEqual(await ask(), [{ a: '7' }]);
  assert.deepEqual(await ask(), [{ a: '7' }]);
});
