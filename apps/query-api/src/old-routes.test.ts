/**
 * Every address that clients of the replaced systems call: it answers in the shape they know, or stands in the list of
 * what is to come. One that begins to answer has to leave that list, or this fails.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import type { InjectOptions } from 'fastify';
import { fakeApp } from './testing/fake-app.ts';
import { fakeAuthentication, somebody } from './testing/fake-authentication.ts';
import { willingReads } from './testing/willing-reads.ts';

const key = { 'x-api-key': 'a key' };
const administrator = { ...somebody, kind: 'user' as const, permissions: ['*'] };
const done = { outcome: 'done', how: 'recorded', id: 'key_01234567', stream: 'key-1', version: 1 } as const;

/** With what is sent, and the names of what is answered. */
type Known = {
  readonly status?: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
};

const hall = { dimensions: { length_mm: 4800, width_mm: 3600 } };
const failed = ['error', 'success', 'type'];

/** The replaced fibre server's, which its proxy showed below `/api`: clients use both. */
const bothPrefixes = <T>(routes: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(
    Object.entries(routes).flatMap(([route, value]) => [
      [route, value],
      [route.replace(' /', ' /api/'), value],
    ]),
  );

const known: Readonly<Record<string, Known>> = {
  'GET /': { fields: ['links', 'name'] },
  'GET /api/iot/network/status': { fields: ['mqtt_connected', 'network_status', 'nodes', 'success'] },
  'GET /api/iot/sensors/s/data?hours=2': { fields: ['data', 'data_points', 'sensor_id', 'success'] },
  'POST /api/iot/nodes': {
    body: { node_id: 'n1', location: { x: 1, y: 2, z: 3 }, sensors: ['temperature'] },
    fields: ['message', 'node', 'success'],
  },
  'POST /api/iot/commands/node_1': {
    body: { command: 'calibrate', parameters: { offset: -0.3 } },
    fields: ['command', 'message', 'success'],
  },
  'POST /api/iot/commands/all': { fields: ['command', 'message', 'success'] },
  'GET /api/integration/export/json': {
    fields: [
      ...['energy_analysis', 'maintenance_predictions', 'metadata', 'network_status', 'nodes', 'readings'],
      'system_health',
    ],
  },
  'GET /api/integration/export/csv': { fields: [] },
  'POST /api/auth/login': { body: { username: 'ana', password: 'secret' }, fields: ['success', 'token', 'user'] },
  'POST /api/auth/logout': { fields: ['message', 'success'] },
  'GET /api/auth/validate': { fields: ['auth_method', 'authenticated', 'success', 'user'] },
  'POST /api/auth/api-keys': { body: { name: 'key', role: 'guest' }, fields: ['key', 'message', 'success'] },
  'GET /api/materials': { fields: ['materials', 'success'] },
  'GET /api/material/led_panel_white': { fields: ['material', 'success'] },
  'POST /api/calculate': {
    body: {
      ...{ ceiling_length: 4800, ceiling_width: 3600, perimeter_gap: 200, panel_gap: 200 },
      material_name: 'led_panel_white',
    },
    fields: ['ceiling', 'costs', 'layout', 'material', 'success'],
  },
  'GET /api/config/default': {
    fields: [
      ...['ceiling_length', 'ceiling_width', 'labor_multiplier', 'material_name', 'optimization_strategy'],
      ...['panel_gap', 'perimeter_gap', 'waste_factor'],
    ],
  },
  'GET /api/strategies': { fields: ['strategies', 'success'] },
  'POST /api/v1/calculate': { body: hall, fields: ['data', 'meta', 'success'] },
  'GET /api/v1/calculate/calc_1': { status: 404, fields: failed },
  'POST /api/v1/projects': { status: 201, body: { name: 'Hall', ...hall }, fields: ['data', 'success'] },
  'GET /api/v1/projects': { fields: ['data', 'meta', 'success'] },
  'GET /api/v1/projects/proj_1': { fields: ['data', 'success'] },
  'PUT /api/v1/projects/proj_1': { body: { name: 'Hall' }, fields: ['data', 'success'] },
  'DELETE /api/v1/projects/proj_1': { fields: ['data', 'success'] },
  'POST /api/v1/projects/proj_1/calculate': { status: 202, fields: ['data', 'success'] },
  'GET /api/v1/materials': { fields: ['data', 'meta', 'success'] },
  'GET /api/v1/materials/led_panel_white': { fields: ['data', 'success'] },
  'GET /api/v1/materials/categories': { fields: ['data', 'success'] },
  'POST /api/v1/materials/cost-estimate': {
    body: { material_id: 'led_panel_white', area_sqm: 10 },
    fields: ['data', 'success'],
  },
  ...Object.fromEntries(
    ['svg', 'dxf', 'json'].map((format) => [
      `POST /api/v1/exports/${format}`,
      { body: hall, fields: ['data', 'success'] },
    ]),
  ),
  [`GET /api/v1/exports/exp_${'0'.repeat(32)}`]: { fields: ['data', 'success'] },
  'GET /api/v1/exports/download/exp_1': { status: 503, fields: failed },
  ...Object.fromEntries(
    ['json', 'dxf', 'svg', 'report'].map((what) => [
      `POST /api/export/${what}`,
      { body: { project_id: 'x' }, fields: ['file_url', 'filename', 'message', 'success'] },
    ]),
  ),
  'POST /api/v1/calculate/optimize': { status: 501, fields: failed },
  'POST /api/v1/exports/ifc': { status: 501, fields: failed },
  'POST /api/v1/exports/3d': { status: 501, fields: failed },
  'GET /api/v1/docs': { headers: { accept: 'text/html' }, fields: [] },
  'GET /api/v1/health/live': { fields: ['status', 'timestamp'] },
  'GET /api/v1/health/ready': { fields: ['checks', 'parked', 'status'] },
  ...bothPrefixes<Known>({
    'GET /health': { fields: ['db', 'status'] },
    'GET /auth/me': { fields: ['email', 'name', 'roles', 'sub'] },
    'GET /auth/roles': { fields: ['is_admin', 'is_engineer', 'is_field_worker', 'roles', 'sub'] },
  }),
};

/** By what brings them. */
const toCome: Readonly<Record<string, readonly string[]>> = {
  'ceiling layouts': ['GET /api/v1/health', 'GET /api/v1/version'],
  'devices and commands': ['GET /api/iot/sensors/s/health'],
  'maintenance and energy': [
    ...['GET /api/maintenance/predictions', 'GET /api/maintenance/system/health'],
    ...['GET /api/maintenance/panels/p/predict', 'GET /api/energy/analysis', 'GET /api/energy/optimizations'],
    ...['GET /api/energy/dashboard', 'POST /api/energy/optimizations/o/implement'],
  ],
  integrations: ['POST /api/integration/webhook'],
  ...Object.fromEntries(
    Object.entries({
      fibre: [
        ...['GET /projects/', 'POST /projects/', 'GET /projects/1', 'PUT /projects/1', 'DELETE /projects/1'],
        ...['GET /fiber-plan/closures?project_id=1', 'POST /fiber-plan/closures'],
        ...['GET /fiber-plan/closures/1/trays', 'POST /fiber-plan/closures/1/trays'],
        ...['GET /fiber-plan/splices?tray_id=1', 'POST /fiber-plan/splices', 'PUT /fiber-plan/splices/1'],
        ...['GET /fiber-plan/patches?element_fid=1&element_layer_id=2', 'POST /fiber-plan/patches'],
        ...['GET /fiber-plan/trace/1/2?element_layer_id=3', 'GET /fiber-plan/paths?project_id=1'],
      ],
      sync: ['POST /sync/upload?project_id=1', 'GET /sync/download/1', 'GET /sync/status?project_id=1'],
      'work orders': [
        ...['GET /work-orders/?project_id=1', 'GET /work-orders/my', 'POST /work-orders/', 'PUT /work-orders/1'],
        ...['POST /work-orders/1/assign', 'PUT /work-orders/1/status'],
        ...['GET /work-orders/1/items', 'POST /work-orders/1/items', 'PUT /work-orders/1/items/2/complete'],
        ...['POST /work-orders/smr-reports', 'GET /work-orders/smr-reports?work_order_id=1'],
        ...['POST /work-orders/photos/upload?related_type=cable&related_id=1', 'GET /work-orders/photos/1'],
        // As the plugin spells them.
        ...['POST /smr-reports/', 'GET /smr-reports/?work_order_id=1', 'POST /photos/upload'],
      ],
    }).map(([area, routes]) => [area, Object.keys(bothPrefixes(Object.fromEntries(routes.map((one) => [one, 1]))))]),
  ),
  photos: ['GET /storage/photos/cable_1_01234567.jpg'],
};

const appOf = (t: Parameters<typeof fakeApp>[0], ping?: () => Promise<void>) =>
  fakeApp(t, {
    reads: {
      ...willingReads,
      ceilingProjects: { ...willingReads.ceilingProjects, numbered: async () => ({ rows: [], total: 0 }) },
      nodes: {
        page: async () => [],
        networkStatus: async () => ({
          ...{ total_nodes: 0, online_nodes: 0, offline_nodes: 0, network_health: 0, stale_nodes: 0 },
        }),
      },
      readings: { page: async () => [], countSince: async () => 0 },
      ...(ping === undefined ? {} : { checkpoints: { ping } }),
    },
    authentication: fakeAuthentication({
      authenticate: () => ({
        outcome: 'authenticated',
        identity: administrator,
        described: { roles: ['administrator'] },
      }),
      logins: {
        login: async () => ({
          ...{
            outcome: 'started',
            token: 'a.b.c',
            tokenId: 'f'.repeat(32),
            stream: 's',
            version: 1,
            issuedAtUs: 1,
            expiresAtUs: 2,
          },
          user: { id: '1', login: 'ana', name: 'Ana', email: undefined, role: 'guest', permissions: [] },
        }),
      },
      handle: async () => done,
      sessions: { logout: async () => done },
      keys: { issue: async () => ({ ...done, secret: 'f'.repeat(64) }) },
    }),
  });

const requestOf = (route: string, { body, headers }: Partial<Known> = {}): InjectOptions => {
  const [method, url] = route.split(' ');
  return {
    method: method as 'GET', // As the lists have them.
    url: url ?? '/',
    headers: { ...key, ...headers },
    ...(method === 'GET' || method === 'DELETE' ? {} : { payload: body ?? {} }),
  };
};

test('what clients of the replaced systems call and is here answers in their shape', async (t) => {
  const app = await appOf(t);
  for (const [route, { status = 200, fields, ...sent }] of Object.entries(known)) {
    const answer = await app.inject(requestOf(route, sent));
    assert.equal(answer.statusCode, status, `${route}: ${answer.body}`);
    if (fields.length > 0) assert.deepEqual(Object.keys(JSON.parse(answer.body)).toSorted(), fields, route);
  }
});

test('what is to come does not answer yet, or its line is to be taken out', async (t) => {
  const app = await appOf(t);
  const routes = Object.values(toCome).flat();
  const answered: string[] = [];
  for (const route of routes) {
    const { statusCode, body } = await app.inject(requestOf(route));
    // A route that does not find its thing is a route.
    const isNone = statusCode === 405 || (statusCode === 404 && body.includes('No route has this address.'));
    if (!isNone) answered.push(`${route} answers ${statusCode}`);
  }
  assert.deepEqual(answered, []);
  assert.equal(new Set(routes).size, routes.length, 'one stands there twice');
  assert.deepEqual(
    routes.filter((route) => known[route] !== undefined),
    [],
  );
});

test('health says that the database answers, or that it does not, in both places and to anybody', async (t) => {
  const here = await appOf(t);
  const away = await appOf(t, async () => {
    throw new TransientFailure('08006', 'the database is away');
  });
  for (const url of ['/health', '/api/health']) {
    const [good, bad] = [await here.inject(url), await away.inject(url)];
    assert.deepEqual([good.statusCode, JSON.parse(good.body)], [200, { status: 'ok', db: true }]);
    assert.deepEqual([bad.statusCode, JSON.parse(bad.body)], [503, { status: 'error', db: false }]);
  }
});
