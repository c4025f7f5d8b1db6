/** Every list, over rows as large as they could once get: no page over its bound, no row missing, none twice. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readingsProjection } from '@plenum/ceiling';
import { keptText, openPool } from '@plenum/postgres';
import { type PersonalParts, parkedUnder, personKeys, showPersonal } from '@plenum/runtime';
import { memoryPersonKeys, sampleCipher } from '@plenum/runtime/testing';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { pageBudget, pageBytesMax, smallBytes } from './database/page-budget.ts';
import { preparedSql } from './database/prepared-sql.ts';
import { readsOver } from './reads.ts';
import { fakeApp } from './testing/fake-app.ts';
import { fakeAuthentication, somebody } from './testing/fake-authentication.ts';
import { fillTable, preparedDatabase } from './testing/large-rows.ts';

const rows = 30;
const large = `repeat('ä', 120000)`;
/** Six times as long in JSON. */
const escaped = `case when i % 7 = 0 then repeat(chr(1), 120000) else ${large} end`;
const document = `jsonb_build_object('x', ${large})`;

const node = `'node_1'`;
const sensor = `'node_1_t' || lpad(i::text, 6, '0')`;
const live = { stream_version: '1', permissions: `'["read:sensors"]'::jsonb` };

/** What is in an index has a bound already, so there it takes many rows. */
const many = 2_000;
const longest = `(select string_agg(md5(i || ' ' || n), '') from generate_series(1, 80) as n)`;

/** What makes the rows of each table large. */
const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'public.sensor_data': {
    sensor_id: `'node_1_temperature'`,
    node_id: node,
    unit: escaped,
    location: `'{}'`,
    metadata: document,
  },
  'public.sensor_latest': { sensor_id: sensor, node_id: node, unit: escaped, location: `'{}'`, metadata: document },
  'public.sensor_minutes': {
    sensor_id: longest,
    sensor_type: `'temperature'`,
    minute: `timestamptz '2026-03-04T09:00:00Z' + i * interval '1 minute'`,
  },
  'public.sensor_nodes': {
    node_id: `'node_' || i`,
    ...{ status: `'online'`, location: document, capabilities: document, firmware_version: escaped },
    sensors: `'["temperature"]'::jsonb`,
  },
  'public.quarantine': { node_id: node, topic: large, detail: escaped, payload: `'\\x7b7d'` },
  'public.quarantine_counts': { client_id: longest },
  'public.device_presence': { user_name: escaped, reason: large },
  'public.refused_clients': { why: escaped },
  'public.enrolled_nodes': {
    node_id: `'node_' || i`,
    ...{ stream_version: '1', state: `'enrolled'`, location: document, capabilities: document },
    ...{ sensors: `'["humidity"]'::jsonb`, firmware_version: escaped },
  },
  'public.commands': {
    ...{ node_id: node, parent: `'x'`, state: `'succeeded'`, command: escaped, detail: large },
    ...{ parameters: document, result: document },
  },
  'public.users': { ...live, name: escaped, email: large },
  'public.api_keys': { ...live, issued_by: escaped },
  'public.jwt_tokens': { ...live, user_id: `'${somebody.id}'`, device_info: document },
  'public.organisations': { stream_version: '1', name: large },
  'public.ceiling_projects': { stream_version: '1', name: large, description: escaped, metadata: document },
  'public.ceiling_project_history': { project_id: `'node_1'`, said: document, by: escaped },
  'public.exports': {
    ...{ stream_version: '1', state: `'failed'`, reason: escaped, asked: document },
    ...{ position: 'null', conformance: document },
  },
  'public.security_events': { resource: escaped, details: document },
  'plenum.parked': {
    consumer: `'readings'`,
    version: String(readingsProjection.version),
    generation: '1',
    topic: `'plenum.ceiling.readings'`,
    key: `'${keptText(parkedUnder('node_1'))}'`,
    reason: escaped,
  },
};

/** How to ask each list for all rows of a table, with how many that are. A list that is not here fails. */
const lists: Readonly<Record<string, readonly [query: string, rows: number]>> = {
  '/api/v1/ceilings': ['', rows],
  '/api/v1/ceilings/:id/history': ['', rows],
  '/api/v1/commands': ['', rows],
  '/api/v1/devices/presence': ['', rows],
  '/api/v1/devices/refusals': ['', rows],
  '/api/v1/enrolments': ['', rows],
  '/api/v1/exports': ['', rows],
  '/api/v1/nodes': ['', rows],
  '/api/v1/readings': ['sensor=node_1_temperature', rows],
  '/api/v1/readings/latest': ['node=node_1', rows],
  '/api/v1/readings/intervals': [
    'from=2026-03-04T09:00:00Z&to=2026-03-06T09:00:00Z&interval=1m&type=temperature',
    many,
  ],
  '/api/v1/nodes/:id/refusals': ['', 2 * rows],
  '/api/v1/quarantine': ['', rows],
  '/api/v1/quarantine/counts': ['', many],
  '/api/v1/parked': ['', rows],
  '/api/v1/users': ['', rows],
  '/api/v1/keys': ['', rows],
  '/api/v1/sessions': ['', rows],
  '/api/v1/security-events': ['', rows],
  '/api/v1/organisations': ['', rows],
};

/** Names as they were before they were encrypted need no key. */
const nobodysKeys: PersonalParts = {
  fields: new Map(),
  keys: personKeys({ table: memoryPersonKeys().open(), cipher: sampleCipher('master') }),
};

/** The address of a database with all of them. */
const largeTables = async (t: TestContext): Promise<string> => {
  const { pool, url } = await preparedDatabase(t);
  for (const [table, columns] of Object.entries(tables)) {
    await fillTable(pool, table, { rows: Object.values(columns).includes(longest) ? many : rows, columns });
  }
  return url;
};

const largeApp = async (t: TestContext, url: string, budget = pageBudget()) => {
  const pool = openPool({ url, applicationName: 'large pages', connectionsMax: 2 });
  t.after(() => pool.end());
  const routes: RouteOptions[] = [];
  const app = await fakeApp(t, {
    reads: readsOver(preparedSql(pool, budget), showPersonal(nobodysKeys)),
    ...{ budget, limits: { limitDefault: 50, limitMax: many }, onRoute: (route) => void routes.push(route) },
    clock: { nowUs: () => Date.UTC(2026, 2, 4, 10) * 1_000 },
    authentication: fakeAuthentication({
      authenticate: () => ({
        outcome: 'authenticated',
        identity: { ...somebody, kind: 'user', permissions: ['*', 'admin:organisations'] },
        described: { roles: [] },
      }),
    }),
  });
  return { app, routes };
};

const isList = ({ method, schema }: RouteOptions): boolean => {
  const answer = (schema?.response as Readonly<Record<string, { readonly properties?: object }>> | undefined)?.['200'];
  return method === 'GET' && answer?.properties !== undefined && 'cursor' in answer.properties;
};

type Answer = { readonly statusCode: number; readonly body: string };
type Item = Readonly<Record<string, unknown>>;

const walk = async (app: FastifyInstance, url: string) => {
  const pages: { readonly bytes: number; readonly items: readonly Item[] }[] = [];
  for (let next: string | null = url; next !== null; ) {
    const { statusCode, body }: Answer = await app.inject(next);
    assert.equal(statusCode, 200, `${next}: ${body.slice(0, 500)}`);
    const answer: { readonly items: readonly Item[]; readonly next: string | null } = JSON.parse(body);
    assert.ok(answer.items.length > 0, `${next} has nothing in it`);
    pages.push({ bytes: Buffer.byteLength(body), items: answer.items });
    next = answer.next;
  }
  return pages;
};

const everyList = async (t: TestContext, url: string): Promise<void> => {
  const { app, routes } = await largeApp(t, url);
  const found = routes.filter(isList).map(({ url }) => url);
  assert.deepEqual(found.toSorted(), Object.keys(lists).toSorted());
  for (const [route, [query, expected]] of Object.entries(lists)) {
    const path = route.replace(':id', 'node_1');
    for (const limit of expected === many ? [many] : [50, 1_000]) {
      const pages = await walk(app, `${path}?${query}&limit=${limit}`.replace('?&', '?'));
      const items = pages.flatMap((page) => page.items.map((item) => JSON.stringify(item)));
      assert.equal(new Set(items).size, items.length, `${route}: a row twice`);
      assert.equal(items.length, expected, route);
      assert.ok(pages.length > 1, `${route} had ${pages.length} pages`);
      const greatest = Math.max(...pages.map(({ bytes }) => bytes));
      assert.ok(greatest <= pageBytesMax, `${route}: ${greatest} bytes`);
      assert.ok(greatest > pageBytesMax / 2, `${route}: pages of ${greatest} bytes are smaller than they have to be`);
    }
  }
};

const withoutPages = async (t: TestContext, url: string): Promise<void> => {
  const { app } = await largeApp(t, url);
  for (const [path, list] of [
    ['/api/iot/network/status', 'nodes'],
    ['/api/iot/sensors/node_1_temperature/data?hours=24', 'data'],
  ] as const) {
    const { statusCode, headers, body } = await app.inject(path);
    assert.equal(statusCode, 200, `${path}: ${body.slice(0, 500)}`);
    const bytes = Buffer.byteLength(body);
    assert.ok(bytes > pageBytesMax / 2 && bytes <= pageBytesMax, `${path}: ${bytes}`);
    assert.equal(headers['plenum-truncated'], list);
    assert.ok(JSON.parse(body)[list].length < rows);
  }
  const { body } = await app.inject('/api/v1/nodes/node_1');
  const { readings, readings_next } = JSON.parse(body);
  assert.ok(Buffer.byteLength(body) <= pageBytesMax && readings.length < rows);
  assert.equal(readings_next, '/api/v1/readings/latest?node=node_1');
};

const withoutRoom = async (t: TestContext, url: string): Promise<void> => {
  const { app } = await largeApp(t, url, pageBudget({ bytesMax: 1, waitMs: 1 }));
  const pages = await walk(app, '/api/v1/readings?sensor=node_1_temperature&limit=1000');
  assert.equal(
    pages.reduce((sum, { items }) => sum + items.length, 0),
    rows,
  );
  for (const { bytes, items } of pages) assert.ok(items.length === 1 || bytes <= 11 * smallBytes, String(bytes));
  const { statusCode, headers } = await app.inject('/api/iot/network/status');
  assert.deepEqual([statusCode, headers['retry-after']], [503, '2']);
};

test('large rows', async (t) => {
  const url = await largeTables(t);
  await t.test('no page of any list is over 4 MiB, and every row comes once', (one) => everyList(one, url));
  await t.test('answers without a next page say what they left out', (one) => withoutPages(one, url));
  await t.test('without memory, pages are small, and what has no pages is 503', (one) => withoutRoom(one, url));
});
