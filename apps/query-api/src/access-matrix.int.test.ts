/**
 * Every route of the API, tried with every role and with everything that is no credential. The routes are the app's
 * own; what each takes and who has it stand here once more, by hand: a route that is not here fails.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Role } from '@plenum/access';
import {
  type BadCredential,
  type GoodCredential,
  testAuthentication,
  testCredentials,
} from '@plenum/authentication/testing';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { fakeApp } from './testing/fake-app.ts';
import { enough } from './testing/fake-authentication.ts';

const everybody = [
  ...['guest', 'operator', 'maintenance', 'administrator'],
  ...['field_worker', 'engineer', 'admin'],
] as const;
const crews = ['field_worker', 'engineer', 'admin', 'administrator'] as const;
const administrators = ['administrator', 'admin'] as const;

const who = {
  public: undefined,
  identified: everybody,
  'read:sensors': everybody,
  'read:quarantine': crews,
  'read:projection': crews,
  'admin:users': administrators,
  'admin:api_keys': administrators,
  'admin:security': administrators,
  'admin:organisations': [],
} as const satisfies Readonly<Record<string, readonly string[] | undefined>>;

type Takes = keyof typeof who;

const v1: Readonly<Record<string, Takes>> = {
  'GET /nodes': 'read:sensors',
  'GET /nodes/:id': 'read:sensors',
  'GET /nodes/:id/refusals': 'read:quarantine',
  'GET /readings': 'read:sensors',
  'GET /readings/latest': 'read:sensors',
  'GET /readings/intervals': 'read:sensors',
  'GET /network/status': 'read:sensors',
  'GET /quarantine': 'read:quarantine',
  'GET /quarantine/:time/:event': 'read:quarantine',
  'GET /quarantine/counts': 'read:quarantine',
  'GET /parked': 'read:quarantine',
  'GET /sums': 'read:projection',
  'GET /lag': 'read:projection',
  'GET /users': 'admin:users',
  'GET /users/:id': 'admin:users',
  'GET /users/:id/versions/:version': 'admin:users',
  'POST /users': 'admin:users',
  'PATCH /users/:id': 'admin:users',
  'POST /users/:id/disable': 'admin:users',
  'POST /users/:id/enable': 'admin:users',
  'POST /users/:id/unlock': 'admin:users',
  'POST /users/:id/password': 'admin:users',
  'DELETE /users/:id/sessions': 'admin:users',
  'GET /keys': 'admin:api_keys',
  'GET /keys/:id': 'admin:api_keys',
  'GET /keys/:id/versions/:version': 'admin:api_keys',
  'POST /keys': 'admin:api_keys',
  'PATCH /keys/:id': 'admin:api_keys',
  'POST /keys/:id/disable': 'admin:api_keys',
  'POST /keys/:id/enable': 'admin:api_keys',
  'DELETE /keys/:id': 'admin:api_keys',
  'GET /security-events': 'admin:security',
  'GET /organisations': 'identified',
  'GET /organisations/:id': 'identified',
  'GET /organisations/:id/versions/:version': 'identified',
  'POST /organisations': 'admin:organisations',
  'PATCH /organisations/:id': 'admin:organisations',
  'POST /sessions': 'public',
  'GET /sessions': 'identified',
  'GET /sessions/:id': 'identified',
  'GET /sessions/:id/versions/:version': 'identified',
  'DELETE /sessions/:id': 'identified',
  'GET /me': 'identified',
  'POST /me/password': 'identified',
  'GET /roles': 'identified',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /openapi.json': 'public',
};

const others: Readonly<Record<string, Takes>> = {
  'GET /': 'public',
  'GET /health': 'public',
  'GET /api/health': 'public',
  'GET /metrics': 'public',
  'GET /problems/:kind': 'public',
  'GET /api/iot/network/status': 'read:sensors',
  'GET /api/iot/sensors/:id/data': 'read:sensors',
  'POST /api/auth/login': 'public',
  'POST /api/auth/logout': 'identified',
  'GET /api/auth/validate': 'identified',
  'POST /api/auth/api-keys': 'admin:api_keys',
  'GET /auth/me': 'identified',
  'GET /auth/roles': 'identified',
  'GET /api/auth/me': 'identified',
  'GET /api/auth/roles': 'identified',
};

const known: ReadonlyMap<string, Takes> = new Map([
  ...Object.entries(v1).map(([route, takes]) => [route.replace(' ', ' /api/v1'), takes] as const),
  ...Object.entries(others),
]);

/** The page to try everything is many files. */
const takesOf = (method: string, url: string): Takes | undefined => {
  const read = method === 'HEAD' ? 'GET' : method;
  return read === 'GET' && url.startsWith('/api/v1/docs') ? 'public' : known.get(`${read} ${url}`);
};

type Route = { readonly method: string; readonly url: string };

/** Nobody sends this, so it tells that the guards let a request through; what a route does then is not done. */
const letIn = 299;

const matrixApp = async (t: TestContext) => {
  const world = await testAuthentication(t);
  const routes: Route[] = [];
  const app = await fakeApp(t, {
    // Limits are tried elsewhere: a guest has fewer requests a minute than there are routes.
    authentication: { ...world.authentication, limit: () => enough },
    onRoute: (route: RouteOptions) => {
      for (const method of [route.method].flat()) routes.push({ method, url: route.url });
      route.preParsing = async (_request, reply) => reply.code(letIn).send();
    },
  });
  await app.ready();
  return { app, routes, credentials: await testCredentials(world) };
};

type Tried = Route & { readonly headers: Readonly<Record<string, string>> };

const statusOf = async (app: FastifyInstance, { method, url, headers }: Tried): Promise<number> => {
  const path = url.replace(/:\w+/g, '1').replace('*', 'x');
  const asked = { method: method as 'GET', url: path, headers: { ...headers } }; // Any that a route was registered with.
  return (await app.inject(asked)).statusCode;
};

const isFibre = (url: string): boolean => /^(\/api)?\/auth\/(me|roles)$/.test(url);

/** Clients of the fibre server expect 403 when they show nothing. */
const refusedStatus = ({ url }: Route, { name, status }: BadCredential): number =>
  name === 'nothing' && isFibre(url) ? 403 : status;

const mayDo = (takes: Takes, { role }: GoodCredential): boolean => {
  const may: readonly Role[] | undefined = who[takes];
  return may === undefined || may.includes(role);
};

test('every route lets in whoever may, and nobody else', async (t) => {
  const { app, routes, credentials } = await matrixApp(t);
  const wrong: string[] = [];
  const seen = { letIn: 0, refused: 0, methods: 0 };
  const reached = new Set<string>();
  for (const route of routes) {
    const { method, url } = route;
    const takes = takesOf(method, url);
    if (takes === undefined) {
      wrong.push(`${method} ${url} is a route that nobody wrote down here`);
      continue;
    }
    reached.add(`${method === 'HEAD' ? 'GET' : method} ${url}`);
    const expectations = [
      ...credentials.good.map((good) => ({ credential: good, expected: mayDo(takes, good) ? letIn : 403 })),
      ...credentials.bad.map((bad) => ({
        credential: bad,
        expected: takes === 'public' ? letIn : refusedStatus(route, bad),
      })),
    ];
    for (const { credential, expected } of expectations) {
      const status = await statusOf(app, { ...route, headers: { ...credential.headers } });
      if (status !== expected) wrong.push(`${method} ${url} with ${credential.name}: ${status}, not ${expected}`);
      if (status === letIn) seen.letIn += 1;
      else seen.refused += 1;
    }
  }
  // That a method is not taken is told to everybody.
  for (const { url } of routes.filter(({ method }) => method === 'GET')) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']) {
      if (takesOf(method, url) !== undefined) continue;
      const status = await statusOf(app, { method, url, headers: {} });
      if (status !== 405) wrong.push(`${method} ${url} is not taken, and answered with ${status}`);
      seen.methods += 1;
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    [...known.keys()].filter((route) => !reached.has(route)),
    [],
    'routes that are written down here and are not there',
  );
  assert.ok(credentials.good.length >= 11 && credentials.bad.length >= 30, 'credentials are missing');
  assert.ok(seen.letIn > 1_000 && seen.refused > 2_000 && seen.methods > 100, JSON.stringify(seen));
});

test('the matrix would notice a route that it does not know', async (t) => {
  const app = await fakeApp(t);
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url }) => void routes.push({ method: String(method), url }));
  app.get('/api/v1/new', { config: { access: 'public' } }, async () => 'x');
  assert.deepEqual(
    routes.map(({ method, url }) => [method, takesOf(method, url)]),
    [
      ['GET', undefined],
      ['HEAD', undefined],
    ],
  );
});
