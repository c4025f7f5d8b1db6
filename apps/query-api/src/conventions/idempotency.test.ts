import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RequestAsked, RequestBegun } from '@plenum/authentication';
import { type AnyRoute, collectRoutes, isWriting } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { decidesNothing, notProvided, validBodies } from '../testing/route-expectations.ts';
import { anAdministrator, willingAuthentication } from '../testing/willing-authentication.ts';
import { willingReads } from '../testing/willing-reads.ts';

const request = { key: 'kept', fingerprint: new Uint8Array(32) };

/** Of those that are no GET. */
const unprovided = notProvided.filter((route) => !route.startsWith('GET '));

const appWith = async (t: TestContext, begin: (asked: RequestAsked) => Promise<RequestBegun>) => {
  const carriedOut: string[] = [];
  const routes = collectRoutes();
  const authentication = willingAuthentication((what) => carriedOut.push(what), { requests: { begin } });
  const app = await fakeApp(t, { authentication, reads: willingReads, onRoute: routes.onRoute });
  const writing = (await routes.all(app)).filter(isWriting);
  const ask = ({ method, url, address }: AnyRoute, headers: Readonly<Record<string, string>>, payload?: object) => {
    const body = payload ?? validBodies[`${method} ${url}`];
    // The method is as the route declares it.
    return app.inject({ method: method as 'POST', url: address, headers, ...(body && { payload: body }) });
  };
  return { app, writing, ask, carriedOut };
};

test('every route that changes something takes a key, or says why not', async (t) => {
  const { writing } = await appWith(t, async () => assert.fail());
  const unkeyed = writing.filter(({ config }) => config?.unkeyed !== undefined);
  assert.deepEqual(
    unkeyed.map(({ method, url }) => `${method} ${url}`).toSorted(),
    [...['POST /api/v1/sessions', 'POST /api/auth/login'], ...decidesNothing, ...unprovided].toSorted(),
  );
  for (const { url, config } of unkeyed) assert.ok((config?.unkeyed ?? '').length > 20, url);
  // Without an identity there is nobody whose key it could be.
  for (const { url, config } of writing) assert.ok(config?.access !== 'public' || config.unkeyed !== undefined, url);
});

test('a key is given with who asks, the method, the address and the body, on every route', async (t) => {
  const asked: RequestAsked[] = [];
  const ended: boolean[] = [];
  const { writing, ask, carriedOut } = await appWith(t, async (one) => {
    asked.push(one);
    return { outcome: 'begun', request, end: async (done) => void ended.push(done) };
  });
  let seen = 0;
  for (const route of writing) {
    const { method, url, address, config } = route;
    if (notProvided.includes(`${method} ${url}`)) continue;
    const answer = await ask(route, { 'idempotency-key': 'k1' });
    assert.ok(answer.statusCode < 300, `${method} ${url}: ${answer.body}`);
    const decides = decidesNothing.includes(`${method} ${url}`) ? 0 : 1;
    assert.equal(carriedOut.splice(0).length, decides, url);
    const [one] = asked.splice(0);
    if (config?.unkeyed !== undefined) {
      assert.equal(one, undefined, url);
      continue;
    }
    seen += 1;
    assert.deepEqual([one?.actor, one?.key], [anAdministrator, 'k1'], url);
    const said: readonly unknown[] = JSON.parse(one?.text ?? '');
    assert.deepEqual(said.slice(0, 2), [method, address]);
    for (const [name, value] of Object.entries(validBodies[`${method} ${url}`] ?? {})) {
      assert.deepEqual((said[2] as Readonly<Record<string, unknown>>)[name], value, `${url} ${name}`);
    }
    assert.equal(one?.holdsSecret, url.endsWith('password'), url);
    assert.deepEqual(ended.splice(0), [true], url);

    await ask(route, {});
    assert.equal(carriedOut.splice(0).length, 1, url);
    assert.deepEqual([asked, ended], [[], []], `${url} without a key`);
  }
  assert.ok(seen >= 14, `${seen} routes take keys`);
});

test('while the same is carried out, and for another request, nothing is done, on every route', async (t) => {
  for (const [outcome, status, type] of [
    ['in-flight', 409, '/problems/in-flight'],
    ['key-used', 422, '/problems/key-used'],
  ] as const) {
    const { writing, ask, carriedOut } = await appWith(t, async () => ({ outcome }));
    for (const route of writing.filter(({ config }) => config?.unkeyed === undefined)) {
      const { statusCode, headers, body } = await ask(route, { 'idempotency-key': 'k1' });
      assert.equal(statusCode, status, `${route.url}: ${body}`);
      if (route.url.startsWith('/api/v1')) assert.equal(JSON.parse(body).type, type);
      assert.equal(headers['retry-after'], outcome === 'in-flight' ? '1' : undefined, route.url);
    }
    assert.deepEqual(carriedOut, []);
  }
});

test('the order of properties, a slash at the end and what else is sent make no other request', async (t) => {
  const texts: string[] = [];
  const { app } = await appWith(t, async ({ text }) => {
    texts.push(text);
    return { outcome: 'begun', request, end: async () => undefined };
  });
  const patch = (url: string, payload: string, headers = {}) =>
    app.inject({
      method: 'PATCH',
      url,
      payload,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k', ...headers },
    });
  const url = '/api/v1/users/x';
  await patch(url, '{"name":"Ann","role":"guest"}');
  await patch(`${url}/`, '{ "role": "guest", "name": "Ann" }', { prefer: 'wait=0', 'x-request-id': 'r2' });
  assert.equal(new Set(texts).size, 1);
  await patch(url, '{"name":"Ann","role":"operator"}');
  await patch('/api/v1/users/y', '{"name":"Ann","role":"guest"}');
  assert.equal(new Set(texts).size, 3);
});

test('what failed has not used its key, and who asks next finds it free', async (t) => {
  const ended: boolean[] = [];
  const routes = collectRoutes();
  const refused = { outcome: 'refused', code: 'not-now', reason: 'Not now.' } as const;
  const begin = async (): Promise<RequestBegun> => ({
    outcome: 'begun',
    request,
    end: async (done) => void ended.push(done),
  });
  const users = { enable: async () => refused, disable: async () => assert.fail('a bug') };
  const app = await fakeApp(t, {
    onRoute: routes.onRoute,
    authentication: willingAuthentication(undefined, { users, requests: { begin } }),
  });
  const ask = (verb: string) =>
    app.inject({ method: 'POST', url: `/api/v1/users/x/${verb}`, headers: { 'idempotency-key': 'k' } });
  assert.equal((await ask('enable')).statusCode, 409);
  assert.equal((await ask('disable')).statusCode, 500);
  assert.deepEqual(ended, [false, false]);
});

test('a body that is nested without end is not compared', async (t) => {
  const { app } = await appWith(t, async () => assert.fail());
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/api/auth/api-keys',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    payload: `{"name":"meter","role":"guest","more":${deep}}`,
  });
  assert.equal(statusCode, 400);
});
