import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { collectRoutes } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

const listening = async (t: TestContext, parts: Parameters<typeof fakeApp>[1] = {}) => {
  const app = await fakeApp(t, parts);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, say: (...texts: readonly string[]) => exchange(app, texts) };
};

/** All that comes back on one connection, on which each text is sent when the one before it is answered. */
const exchange = (app: FastifyInstance, texts: readonly string[]): Promise<readonly Answer[]> => {
  const { port } = app.server.address() as AddressInfo; // It listens on TCP.
  return new Promise((resolve, reject) => {
    let said = '';
    let sent = 0;
    const socket = connect({ port, host: '127.0.0.1' });
    const next = (): void => {
      const text = texts[sent];
      sent += 1;
      if (text === undefined) socket.end();
      else socket.write(text);
    };
    socket.on('connect', next);
    socket.on('data', (chunk) => {
      said += chunk.toString();
      if (answersIn(said).length === sent) next();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answersIn(said)));
  });
};

const answersIn = (said: string): readonly Answer[] => {
  const answers: Answer[] = [];
  for (let rest = said; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const [status = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ', 2)));
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) break;
    answers.push({ status: Number(status.split(' ')[1]), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
};

const isProblem = (answer: Answer | undefined, status: number, what: string): void => {
  assert.ok(answer, `${what} was not answered`);
  assert.equal(answer.status, status, `${what}: ${answer.body}`);
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, what);
  assert.equal(answer.headers['x-api-version'], 'v1', what);
  assert.equal(answer.headers['x-request-time'], '2026-03-04t09:15:02.118204z', what);
  assert.ok(answer.headers['x-request-id'], what);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff', what);
  assert.equal(JSON.parse(answer.body).status, status, what);
};

test('every method that there is, and some that there are not, is answered everywhere', {
  timeout: 60_000,
}, async (t) => {
  const { say } = await listening(t);
  const ours = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  for (const method of [...METHODS, 'FOO', "x!#$%&'*+.^_`|~-9", 'get']) {
    const request = (path: string): string => `${method} ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
    if (!['GET', 'HEAD', 'OPTIONS'].includes(method)) {
      for (const path of ['/api/v1/roles', '/api/v1/roles?x=1', '/api/v1/readings/', '/api/v1/docs/static/index.css']) {
        const [known] = await say(request(path));
        isProblem(known, 405, `${method} ${path}`);
        assert.equal(known?.headers.allow, 'get, head, options', `${method} ${path}`);
      }
    }
    if (method === 'OPTIONS' || method === 'HEAD') continue;
    const [unknown] = await say(request('/nowhere'));
    isProblem(unknown, ours.includes(method) ? 404 : 501, `${method} /nowhere`);
  }
});

test('what comes after an answer on the same connection is answered too', async (t) => {
  const { say } = await listening(t);
  const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
  for (const [second, status] of [
    ['FOO / HTTP/1.1\r\nhost: a\r\n\r\n', 405],
    ['NONSENSE\r\n\r\n', 400],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
    ['CONNECT example.com:443 HTTP/1.1\r\nhost: a\r\n\r\n', 501],
  ] as const) {
    const [first, answer] = await say(get, second);
    assert.equal(first?.status, 200);
    isProblem(answer, status, second.slice(0, 40));
  }
});

test('a request that does not say where to, or expects what nobody promises, is answered as others are', async (t) => {
  const { say } = await listening(t);
  const [silent] = await say('GET / HTTP/1.1\r\n\r\n');
  isProblem(silent, 400, 'no Host');
  const [old] = await say('GET / HTTP/1.0\r\n\r\n');
  assert.equal(old?.status, 200);
  const [hopeful] = await say('GET / HTTP/1.1\r\nhost: a\r\nexpect: wonders\r\n\r\n');
  assert.deepEqual([hopeful?.status, hopeful?.headers['x-api-version']], [200, 'v1']);
  const [whole] = await say('GET http://elsewhere.example/problems/validation/ HTTP/1.1\r\nhost: a\r\n\r\n');
  assert.equal(whole?.status, 200);
  const [star] = await say('OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n');
  assert.ok(star !== undefined && star.status < 500);
});

test('OPTIONS says what every address takes, with and without pages of other origins', async (t) => {
  for (const corsOrigins of [[], ['https://plans.example.com'], ['*']]) {
    const routes = collectRoutes();
    const network = { trustedProxies: [], corsOrigins };
    const app = await fakeApp(t, { onRoute: routes.onRoute, network, authentication: willingAuthentication() });
    const all = await routes.all(app);
    for (const { address, url } of all) {
      if (url === '*') continue;
      const { statusCode, headers, body } = await app.inject({ method: 'OPTIONS', url: address });
      assert.deepEqual([statusCode, body], [204, ''], address);
      for (const { method } of all.filter((one) => one.url === url)) {
        assert.ok(String(headers.allow).split(', ').includes(method), `${method} ${url}: ${headers.allow}`);
      }
    }
    const nowhere = await app.inject({ method: 'OPTIONS', url: '/nowhere' });
    assert.equal(nowhere.headers.allow, undefined);
  }
});
