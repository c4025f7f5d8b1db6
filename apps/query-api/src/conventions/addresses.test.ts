import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { collectRoutes } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';
import { plainAddress } from './addresses.ts';
import { answerUnreadable } from './unreadable.ts';

const withoutId = (body: string): unknown =>
  body.startsWith('{') ? { ...JSON.parse(body), request_id: undefined } : body;

test('a slash at the end changes nothing, on every route', async (t) => {
  const routes = collectRoutes();
  const app = await fakeApp(t, { onRoute: routes.onRoute, authentication: willingAuthentication() });
  for (const { method, address } of await routes.all(app)) {
    if (address === '/' || method === 'HEAD' || address.startsWith('/metrics')) continue;
    const ask = async (url: string) => {
      const { statusCode, body, headers } = await app.inject({ method: method as 'GET', url }); // As it was declared.
      return [statusCode, withoutId(body), headers.location, headers.etag];
    };
    assert.deepEqual(await ask(`${address}/`), await ask(address), `${method} ${address}/`);
    assert.deepEqual(await ask(`${address}/?a=/`), await ask(`${address}?a=/`), `${method} ${address}/?a=/`);
    const [twice, problem] = await ask(`${address}//`);
    assert.equal(twice, 404, `${method} ${address}//: ${JSON.stringify(problem)}`);
  }
});

test('a cursor is good with and without a slash at the end', async (t) => {
  const node = { node_id: 'n1' };
  const app = await fakeApp(t, {
    limits: { limitDefault: 1, limitMax: 1 },
    onRoute: (route) => {
      // These rows are no nodes.
      if (route.url === '/api/v1/nodes') route.onSend = [];
    },
    reads: { nodes: { page: async () => [node, node] as never } },
  });
  const { next } = JSON.parse((await app.inject('/api/v1/nodes/')).body);
  assert.match(next, /^\/api\/v1\/nodes\?cursor=/);
  assert.equal((await app.inject(next)).statusCode, 200);
  assert.equal((await app.inject(next.replace('?', '/?'))).statusCode, 200);
});

test('an empty piece of a path is no id, and a broken per cent sign no letter', async (t) => {
  const app = await fakeApp(t, { authentication: willingAuthentication() });
  for (const [url, status] of [
    ['/api/v1//nodes', 404],
    ['/api/v1/users//versions/1', 404],
    ['/api//v1/nodes/x', 404],
    ['//', 404],
    ['//evil.example/', 404],
    ['/api/v1/nodes/%', 400],
    ['/api/v1/nodes/%zz', 400],
    ['/api/v1/nodes/%ff', 400],
    ['/api/v1/nodes/%c0%af', 400],
    ['/nowhere/%zz', 400],
    ['/api/v1/readings?sensor=%', 400],
    ['/api/v1/readings?sensor=%ff', 400],
    ['/api/v1/readings?sensor=%zz%41', 400],
  ] as const) {
    const { statusCode, headers, body } = await app.inject(url);
    assert.equal(statusCode, status, `${url}: ${body}`);
    assert.match(String(headers['content-type']), /^application\/problem\+json/, url);
    assert.equal(headers['x-api-version'], 'v1', url);
  }
});

test('an address is what is left of it without a server and a slash', () => {
  for (const [url, plain] of [
    ['/', '/'],
    ['/a/', '/a'],
    ['/a/?b=/', '/a?b=/'],
    ['/a//', '/a//'],
    ['/?a/', '/?a/'],
    ['http://a.example/b/', '/b'],
    ['HTTPS://a.example?c', '/?c'],
    ['*', '*'],
    ['', ''],
  ] as const)
    assert.equal(plainAddress(url), plain, url);
});

test('a request that does not arrive in time gets an answer that says so', async () => {
  const socket = new PassThrough();
  const answer = text(socket);
  const error = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  answerUnreadable(
    () => ({ 'x-request-id': 'r' }),
    () => undefined,
  )(error, socket as never); // All that is used of it is a stream.
  assert.match(await answer, /^HTTP\/1.1 408 Request Timeout\r\n.*\/problems\/request-timeout/s);
});
