import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { UserShown } from '@plenum/access';
import { collectRoutes, isWriting } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { aUserId, willingAuthentication } from '../testing/willing-authentication.ts';

const unpack = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
const user: UserShown = {
  organisation: 'default',
  ...{ user_id: aUserId, login: 'ann', name: 'Ann', email: null, role: 'guest', is_active: true, locked_until: null },
  permissions: Array.from({ length: 60 }, (_, index) => `read:things-of-kind-${index}`),
  ...{ created_at: '2026-03-04T09:15:02.118204Z', changed_at: '2026-03-04T09:15:02.118204Z' },
  ...{ imported_id: null, stream_version: 3, event_id: aUserId, log_partition: 0, log_offset: 7 },
};

const appWithUser = (t: TestContext) =>
  fakeApp(t, { authentication: willingAuthentication(), reads: { users: { byId: async () => user } } });

const documents = ['/api/v1/openapi.json', '/api/v1/docs', '/api/v1/docs/static/swagger-ui.css', '/api/v1/roles'];
const dynamic = [`/api/v1/users/${aUserId}`];

test('what is read is compressed as it is asked for, and is the same', async (t) => {
  const app = await appWithUser(t);
  for (const url of [...documents, ...dynamic].filter((one) => one !== '/api/v1/docs')) {
    const plain = await app.inject(url);
    assert.equal(plain.statusCode, 200, url);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.match(String(plain.headers.vary), /accept-encoding/, url);
    for (const [asked, coding] of [
      ['gzip', 'gzip'],
      ['br', 'br'],
      ['zstd', 'zstd'],
      ['gzip, deflate, br, zstd', 'zstd'],
      ['gzip;q=1, br;q=0.2', 'gzip'],
      ['identity', undefined],
      ['deflate', undefined],
      ['gzip;q=0', undefined],
      [';;,=q', undefined],
    ] as const) {
      const answer = await app.inject({ url, headers: { 'accept-encoding': asked } });
      assert.equal(answer.headers['content-encoding'], coding, `${url} ${asked}`);
      const body = coding === undefined ? answer.rawPayload : unpack[coding](answer.rawPayload);
      assert.ok(body.equals(plain.rawPayload), `${url} ${asked}`);
      if (coding !== undefined) assert.ok(answer.rawPayload.length < plain.rawPayload.length / 1.5, `${url} ${asked}`);
    }
  }
});

test('what is small is sent as it is', async (t) => {
  const app = await fakeApp(t);
  const { headers } = await app.inject({ url: '/api/v1/health/live', headers: { 'accept-encoding': 'gzip' } });
  assert.equal(headers['content-encoding'], undefined);
});

test('an answer to a request that changes something is never compressed, on every route', async (t) => {
  const routes = collectRoutes();
  const app = await fakeApp(t, { authentication: willingAuthentication(), onRoute: routes.onRoute });
  app.addHook('onSend', async () => 'x'.repeat(10_000));
  for (const { method, address } of (await routes.all(app)).filter(isWriting)) {
    const { headers } = await app.inject({
      method: method as 'POST', // As it was declared.
      url: address,
      headers: { 'accept-encoding': 'gzip, br, zstd' },
    });
    assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, undefined], `${method} ${address}`);
  }
});

test('a document that is known is not sent again, compressed or not', async (t) => {
  const app = await appWithUser(t);
  for (const url of [
    ...documents,
    ...dynamic,
    '/',
    '/problems/validation',
    '/api/v1/docs/static/swagger-ui-bundle.js',
  ]) {
    const tags = new Set<string>();
    for (const coding of ['', 'gzip', 'br', 'zstd']) {
      const asking = coding === '' ? {} : { 'accept-encoding': coding };
      const first = await app.inject({ url, headers: asking });
      const tag = String(first.headers.etag);
      assert.match(tag, /^"[^"]+"$/, `${url} has a strong tag`);
      tags.add(tag);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        for (const method of ['GET', 'HEAD'] as const) {
          const again = await app.inject({ method, url, headers: { ...asking, 'if-none-match': known } });
          assert.deepEqual([again.statusCode, again.body], [304, ''], `${method} ${url} ${known}`);
          if (known !== '*') assert.equal(again.headers.etag, tag);
          assert.equal(again.headers['content-encoding'], undefined, `${method} ${url} ${known}`);
        }
      }
      for (const strange of ['"other"', 'x', '"', '', ',,,', 'W/', `${tag}x`]) {
        const again = await app.inject({ url, headers: { ...asking, 'if-none-match': strange } });
        assert.equal(again.statusCode, 200, `${url} ${strange}`);
      }
    }
    // Other bytes are another representation; what is too small to compress has one.
    assert.ok(tags.size === 4 || tags.size === 1, `${url}: ${[...tags]}`);
  }
});

test('a version that was read compressed can be asked for as it was given', async (t) => {
  const app = await appWithUser(t);
  const url = `/api/v1/users/${aUserId}`;
  const { headers } = await app.inject({ url, headers: { 'accept-encoding': 'br' } });
  assert.equal(headers.etag, '"3-br"');
  const changed = await app.inject({
    method: 'PATCH',
    url,
    payload: { name: 'Anna' },
    headers: { 'if-match': headers.etag ?? '' },
  });
  assert.equal(changed.statusCode, 200, changed.body);
});

test('HEAD says what GET would, without a body, on every route', async (t) => {
  const routes = collectRoutes();
  const app = await fakeApp(t, {
    authentication: willingAuthentication(),
    onRoute: routes.onRoute,
    reads: { users: { byId: async () => user } },
  });
  const own = new Set(['date', 'x-request-id', 'content-length', 'transfer-encoding']);
  for (const { method, address } of await routes.all(app)) {
    if (method !== 'GET' || address.includes('metrics')) continue;
    for (const coding of ['identity', 'gzip']) {
      const asking = { url: address, headers: { 'accept-encoding': coding } };
      const get = await app.inject(asking);
      const head = await app.inject({ ...asking, method: 'HEAD' });
      const said = (answer: typeof get) =>
        Object.fromEntries(
          // Each request is counted, this one as well as that.
          Object.entries(answer.headers).filter(([name]) => !own.has(name) && !/^(x-)?ratelimit/.test(name)),
        );
      assert.deepEqual([head.statusCode, said(head)], [get.statusCode, said(get)], `${address} ${coding}`);
      assert.equal(head.rawPayload.length, 0, address);
      const length = head.headers['content-length'];
      if (length !== undefined) assert.equal(length, String(get.rawPayload.length), `${address} ${coding}`);
    }
  }
});
