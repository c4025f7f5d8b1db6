/** How much memory an API takes while many ask for the largest answers there can be; in a process of its own, as in earnest. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { byPlenum, done, testAuthentication } from '@plenum/authentication/testing';
import { pageBytesMax } from './database/page-budget.ts';
import { startApiProcess } from './testing/api-process.ts';
import { fillTable, prepareTables } from './testing/large-rows.ts';

const clients = 20;
const requestsEach = 12;
const memoryBytesMax = 400 * 1_000_000;

const text = `repeat(case i % 3 when 0 then 'x' when 1 then 'ä' else 'Ж' end, 255000 / case i % 3 when 0 then 1 else 2 end)`;
/** As objects it takes ten times as much as on the wire. */
const nested = `(select jsonb_build_object('x', jsonb_agg('{}'::jsonb)) from generate_series(1, 60000))`;
const metadata = `case i % 2 when 0 then null else ${nested} end`;

const urls = [
  '/api/v1/readings?node=node_1&limit=1000',
  '/api/v1/readings?sensor=node_1_temperature&limit=100',
  '/api/v1/readings/latest?limit=1000',
  '/api/v1/nodes?limit=1000',
  '/api/iot/network/status',
  '/api/iot/sensors/node_1_temperature/data?hours=800000',
];

const largeApi = async (t: TestContext) => {
  const { pool, authentication, databaseUrl, config } = await testAuthentication(t);
  await prepareTables(pool);
  const of = { node_id: `'node_1'`, unit: text, location: `'{}'`, metadata };
  await fillTable(pool, 'public.sensor_data', { rows: 300, columns: { ...of, sensor_id: `'node_1_temperature'` } });
  await fillTable(pool, 'public.sensor_latest', {
    rows: 100,
    columns: { ...of, sensor_id: `'node_1_' || case i when 1 then 'temperature' else i::text end` },
  });
  const node = { node_id: `'node_' || i`, firmware_version: text, location: `'{}'`, capabilities: nested };
  await fillTable(pool, 'public.sensor_nodes', { rows: 100, columns: node });
  const { secret = '' } = await done(
    authentication.keys.issue({ ...byPlenum(), name: 'many', role: 'guest', rateLimit: 100_000 }),
  );
  const { JWT_SECRET, PLENUM_MASTER_KEY } = config;
  const environment = { DATABASE_URL: databaseUrl, JWT_SECRET, PLENUM_MASTER_KEY, LOG_LEVEL: 'info' };
  return { ...(await startApiProcess(t, environment)), headers: { 'x-api-key': secret } };
};

/** The most that a process ever had in memory. */
const peakBytes = (pid: number): number =>
  Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

const sizeOf = async ({ body }: Response): Promise<number> => {
  let bytes = 0;
  for await (const part of body ?? []) bytes += part.length;
  return bytes;
};

const skip = process.platform === 'linux' ? false : 'only Linux says what a process had at most';

test('20 clients that ask for the largest answers find an API that stays below 400 MB', { skip }, async (t) => {
  const { url, pid, headers } = await largeApi(t);
  const before = peakBytes(pid);
  const statuses: Record<number, number> = {};
  let greatest = 0;
  // Some take nothing of what they asked for until everybody else is done.
  const slow = await Promise.all(urls.map((path) => fetch(`${url}${path}`, { headers })));
  const client = async (_: unknown, first: number): Promise<void> => {
    for (let request = 0; request < requestsEach; request += 1) {
      const answer = await fetch(`${url}${urls[(first + request) % urls.length]}`, { headers });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      greatest = Math.max(greatest, await sizeOf(answer));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  for (const answer of slow) greatest = Math.max(greatest, await sizeOf(answer));

  const peak = peakBytes(pid);
  t.diagnostic(
    `${(before / 1e6).toFixed(0)} MB, then at most ${(peak / 1e6).toFixed(0)} MB; ${JSON.stringify(statuses)}`,
  );
  assert.ok(peak < memoryBytesMax, `${(peak / 1e6).toFixed(0)} MB`);
  assert.ok(greatest <= pageBytesMax && greatest > pageBytesMax / 2, `an answer of ${greatest} bytes`);
  assert.ok((statuses[200] ?? 0) > (clients * requestsEach) / 2, JSON.stringify(statuses));
  const others = Object.keys(statuses).filter((status) => status !== '200' && status !== '503');
  assert.deepEqual(others, []);
});
