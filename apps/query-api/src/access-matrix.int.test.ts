/**
 * Every route of the API, tried with every role and with everything that is no credential. The routes are the app's
 * own; what each takes and who has it is written down once more, by hand, beside each domain: a route that is not fails.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type BadCredential,
  type GoodCredential,
  testAuthentication,
  testCredentials,
} from '@plenum/authentication/testing';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { fakeApp } from './testing/fake-app.ts';
import { enough } from './testing/fake-authentication.ts';
import { answeredWhenAbsent, rolesWith, takenBy, writtenRoutes } from './testing/route-expectations.ts';

const takesOf = (method: string, url: string): string | undefined =>
  takenBy(`${method === 'HEAD' ? 'GET' : method} ${url}`);

type Route = { readonly method: string; readonly url: string };

/** Nobody sends this, so it shows that the guards let a request through; what a route does then is not done. */
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

const refusedStatus = ({ method, url }: Route, { name, status }: BadCredential): number =>
  (name === 'nothing' ? answeredWhenAbsent.get(`${method === 'HEAD' ? 'GET' : method} ${url}`) : undefined) ?? status;

const mayDo = (takes: string, { role }: GoodCredential): boolean =>
  takes === 'public' || takes === 'identified' || (rolesWith.get(takes)?.includes(role) ?? false);

/** Whether addresses of the one are addresses of the other too. */
const reaches = (pattern: string, url: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(url);

test('every route lets in callers who may, and nobody else', async (t) => {
  const { app, routes, credentials } = await matrixApp(t);
  const wrong: string[] = [];
  const seen = { letIn: 0, refused: 0, methods: 0 };
  const reached = new Set<string>();
  for (const route of routes) {
    const { method, url } = route;
    const takes = takesOf(method, url);
    if (takes === undefined) {
      wrong.push(`${method} ${url} is a route that nobody wrote down`);
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
  // Everybody is answered that a method is not taken.
  for (const { url } of routes.filter(({ method }) => method === 'GET')) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']) {
      if (takesOf(method, url) !== undefined) continue;
      // An address in an old shape may be one of ours for other methods.
      if (routes.some((other) => other.method === method && reaches(other.url, url))) continue;
      const status = await statusOf(app, { method, url, headers: {} });
      if (status !== 405) wrong.push(`${method} ${url} is not taken, and answered with ${status}`);
      seen.methods += 1;
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    writtenRoutes.filter((route) => !reached.has(route)),
    [],
    'routes that are written down and are not there',
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
