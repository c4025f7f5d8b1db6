import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projections } from '@plenum/catalogue';
import type { RouteOptions } from 'fastify';
import { fakeApp } from './testing/fake-app.ts';
import { answeredAnyway } from './testing/route-expectations.ts';

/** Served by @fastify/swagger-ui: files and pages, which have no JSON to describe. */
const isPage = (url: string): boolean => url.startsWith('/api/v1/docs');

/** What clients of the replaced systems call with whatever parameters they have. */
const isOld = ({
  url,
  schema,
}: {
  readonly url: string;
  readonly schema: RouteOptions['schema'] | undefined;
}): boolean =>
  schema?.tags?.includes('replaced system') === true || /^\/(api\/(iot|auth|health)|auth|health)/.test(url);

test('every route says who may call it, what it takes and what it answers', async (t) => {
  const routes: RouteOptions[] = [];
  const app = await fakeApp(t, { onRoute: (route) => routes.push(route) });
  await app.ready();

  assert.ok(routes.length > 40, `a check that saw ${routes.length} routes proves little`);
  const careless = routes.filter(({ method, url, config, schema }) => {
    const answers = Object.keys(schema?.response ?? {});
    const asked = `${method === 'HEAD' ? 'GET' : String(method)} ${url}`;
    const expected = ['200', '201', String(answeredAnyway.get(asked))];
    const described = answers.length > 0 && (schema?.hide === true || expected.some((one) => answers.includes(one)));
    const takes = schema?.hide === true || schema?.querystring !== undefined || isOld({ url, schema });
    return config?.access === undefined || (!isPage(url) && !(described && takes));
  });
  assert.deepEqual(
    careless.map(({ method, url }) => `${method} ${url}`),
    [],
  );
});

test('a route names projections that there are', async (t) => {
  const named = new Set<string>();
  const app = await fakeApp(t, {
    onRoute: ({ config }) => {
      for (const name of config?.projections === 'all' ? [] : (config?.projections ?? [])) named.add(name);
    },
  });
  await app.ready();
  assert.ok(named.size >= 3);
  assert.deepEqual([...named.difference(new Set(projections.map(({ name }) => name)))], []);
});

test('an API with a route that does not say who may call it does not start', async (t) => {
  const app = await fakeApp(t);
  app.get('/careless', async () => 'x');
  await assert.rejects(async () => app.ready(), /who may call GET \/careless and HEAD \/careless/);
});

test('every route refuses parameters it does not know, but those that clients of old call', async (t) => {
  const urls = new Set<string>();
  const app = await fakeApp(t, {
    onRoute: ({ url, method, schema }) => {
      if (method === 'GET' && schema?.hide !== true && !isOld({ url, schema })) urls.add(url);
    },
  });
  assert.ok(urls.size > 15);
  for (const url of urls) {
    const { statusCode, body } = await app.inject(`${url.replace(/:\w+/g, 'x')}?nonsense=1`);
    assert.equal(statusCode, 400, `${url} answered ${statusCode} ${body}`);
  }
});

test('a number that nothing can hold passes no limit', async (t) => {
  const app = await fakeApp(t);
  for (const [url, name] of [
    ['/api/iot/sensors/x/data', 'hours'],
    ['/api/v1/readings', 'limit'],
    ['/api/v1/nodes', 'limit'],
  ]) {
    for (const number of ['1e999', '-1e999', 'NaN', 'Infinity']) {
      const { statusCode, body } = await app.inject(`${url}?${name}=${number}`);
      assert.equal(statusCode, 400, `${url} ${number} ${body}`);
    }
  }
});

test('every answer has the common headers, whatever it is', async (t) => {
  const app = await fakeApp(t);
  const requests = [
    { url: '/', status: 200 },
    { url: '/api/v1/nowhere', status: 404 },
    { url: '/api/v1/nodes?limit=0', status: 400 },
    { url: '/api/v1/roles', status: 405, method: 'POST' as const },
    { url: '/api/v1/nodes/%zz', status: 400 },
    { url: `/api/v1/nodes/${'x'.repeat(1_001)}`, status: 414 },
    { url: '/api/v1/nodes', status: 500 },
  ];
  for (const { url, status, method = 'GET' as const } of requests) {
    const { statusCode, headers } = await app.inject({ url, method });
    assert.equal(statusCode, status, url);
    assert.equal(headers['x-api-version'], 'v1', url);
    assert.equal(headers['x-request-time'], '2026-03-04T09:15:02.118204Z', url);
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/, url);
    if (status >= 400) assert.match(String(headers['content-type']), /^application\/problem\+json(;|$)/, url);
  }
});

test('a request id that can do no harm is kept, another is replaced', async (t) => {
  const app = await fakeApp(t);
  const idFor = async (id: string) =>
    (await app.inject({ url: '/', headers: { 'x-request-id': id } })).headers['x-request-id'];
  assert.equal(await idFor('trace-1.a:2'), 'trace-1.a:2');
  assert.notEqual(await idFor('a"b'), 'a"b');
});

test('of a bug the client learns nothing, and the log has everything', async (t) => {
  const logged: object[] = [];
  const note = (fields: object): void => void logged.push(fields);
  const quiet = (): void => undefined;
  const app = await fakeApp(t, {
    logger: { debug: quiet, info: quiet, warn: quiet, error: note },
    reads: {
      nodes: {
        page: async () => {
          throw new Error('secret detail of ours');
        },
      },
    },
  });
  const { body, headers } = await app.inject('/api/v1/nodes');
  assert.equal(body.includes('secret'), false);
  assert.equal(JSON.parse(body).type, '/problems/internal');
  assert.equal(headers['plenum-position'], undefined);
  assert.match(JSON.stringify(logged), /secret detail of ours/);
  assert.match(JSON.stringify(logged), new RegExp(JSON.parse(body).request_id));
});

test('HEAD is GET without the body, and other methods are answered with what is taken', async (t) => {
  const app = await fakeApp(t, { reads: { nodes: { page: async () => [] } } });
  const head = await app.inject({ method: 'HEAD', url: '/api/v1/nodes' });
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  assert.equal(head.headers['plenum-age'], '0');
  const refused = await app.inject({
    method: 'DELETE',
    url: '/api/v1/readings',
    payload: 'not json',
    headers: { 'content-type': 'text/x' },
  });
  assert.equal(refused.statusCode, 405);
  assert.equal(refused.headers.allow, 'GET, HEAD, OPTIONS');
});

test('a body over the limit is a problem', async (t) => {
  const app = await fakeApp(t);
  app.post('/echo', { config: { access: 'public' } }, async () => 'x');
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/echo',
    payload: { text: 'x'.repeat(1_100_000) },
  });
  assert.equal(statusCode, 413);
  assert.equal(JSON.parse(body).type, '/problems/too-large');
});

test('every type of problem can be fetched', async (t) => {
  const app = await fakeApp(t);
  const { type } = JSON.parse((await app.inject('/api/v1/nodes?limit=x')).body);
  const { statusCode, body } = await app.inject(type);
  assert.equal(statusCode, 200);
  assert.equal(JSON.parse(body).type, type);
  assert.equal((await app.inject('/problems/constructor')).statusCode, 404);
});

test('ids are taken as they are: slashes, per cent, other scripts', async (t) => {
  const asked: string[] = [];
  const app = await fakeApp(t, {
    reads: {
      nodes: {
        byId: async (id) => {
          asked.push(id);
          return undefined;
        },
      },
    },
  });
  for (const id of ['a/b', '100%', 'Чвор 17', 'a?b#c', '日本']) {
    const { statusCode } = await app.inject(`/api/v1/nodes/${encodeURIComponent(id)}`);
    assert.equal(statusCode, 404);
    assert.equal(asked.at(-1), id);
  }
  assert.equal((await app.inject('/api/v1/nodes/a%00b')).statusCode, 400);
  assert.equal(asked.length, 5);
});

test('bytes that are not HTTP get a problem too', async (t) => {
  const app = await fakeApp(t);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number }; // It listens on TCP.
  const { connect } = await import('node:net');
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text));
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
    });
  const nonsense = await say('NONSENSE\r\n\r\n');
  assert.match(nonsense, /^HTTP\/1.1 400 .*x-api-version: v1.*application\/problem\+json.*\/problems\/validation/s);
  const long = await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`);
  assert.match(long, /^HTTP\/1.1 431 .*x-request-time: .*\/problems\/headers-too-large/s);
});

test('an answer that is not what its route declares is found', async (t) => {
  const surplus = { total_nodes: 1, online_nodes: 1, offline_nodes: 0, network_health: 100, stale_nodes: 0, secret: 1 };
  const app = await fakeApp(t, { reads: { nodes: { networkStatus: async () => surplus } } });
  assert.equal((await app.inject('/api/v1/network/status')).statusCode, 500);
});
