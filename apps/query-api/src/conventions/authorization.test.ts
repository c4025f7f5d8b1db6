import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotAuthenticated } from '@plenum/access';
import type { Limited } from '@plenum/authentication';
import { type RateAnswer, TransientFailure } from '@plenum/runtime';
import { fakeApp, nowUs } from '../testing/fake-app.ts';
import { enough, fakeAuthentication, somebody } from '../testing/fake-authentication.ts';

const reads = { nodes: { page: async () => [] } };
const key = { 'x-api-key': 'a key' };

test('a caller who may is answered, with how often they still may', async (t) => {
  const limited: Limited[] = [];
  const app = await fakeApp(t, {
    reads,
    authentication: fakeAuthentication({
      limit: (asked) => {
        limited.push(asked);
        return { allowed: true, limit: 100, remaining: 42, resetS: 17 };
      },
    }),
  });
  const { statusCode, headers } = await app.inject({ url: '/api/v1/nodes', headers: key });
  assert.equal(statusCode, 200);
  assert.deepEqual(limited, [{ identity: somebody }]);
  assert.equal(headers['ratelimit-policy'], '"minute";q=100;w=60');
  assert.equal(headers.ratelimit, '"minute";r=42;t=17');
  assert.equal(headers['x-ratelimit-limit'], '100');
  assert.equal(headers['cache-control'], 'private, no-cache');
  assert.equal(headers['x-ratelimit-remaining-minute'], '42');
  assert.equal(Number(headers['x-ratelimit-reset']), Math.ceil(nowUs / 1_000_000) + 17);
});

test('what is shown is taken apart as it came, without the query', async (t) => {
  const shown: unknown[] = [];
  const app = await fakeApp(t, {
    reads,
    authentication: fakeAuthentication({
      authenticate: (asked) => {
        shown.push(asked);
        return { outcome: 'authenticated', identity: somebody, described: { roles: [] } };
      },
    }),
  });
  const headers = { ...key, authorization: 'Bearer x', 'user-agent': 'a program', 'x-forwarded-for': '9.9.9.9' };
  await app.inject({ url: '/api/v1/nodes?limit=1&secret=1', headers, remoteAddress: '10.1.2.3' });
  assert.equal(shown.length, 1);
  assert.deepEqual(shown[0], {
    authorization: 'Bearer x',
    apiKey: 'a key',
    address: '10.1.2.3',
    userAgent: 'a program',
    resource: '/api/v1/nodes',
  });
});

test('a proxy is believed when it is listed, and no one else', async (t) => {
  const addresses: string[] = [];
  const authentication = fakeAuthentication({
    authenticate: ({ address }) => {
      addresses.push(address);
      return { outcome: 'authenticated', identity: somebody, described: { roles: [] } };
    },
  });
  const network = { trustedProxies: ['10.0.0.0/8'], corsOrigins: [] };
  const app = await fakeApp(t, { reads, authentication, network });
  const headers = { ...key, 'x-forwarded-for': '1.1.1.1, 9.9.9.9' };
  await app.inject({ url: '/api/v1/nodes', headers, remoteAddress: '10.1.2.3' });
  await app.inject({ url: '/api/v1/nodes', headers, remoteAddress: '11.1.2.3' });
  assert.deepEqual(addresses, ['9.9.9.9', '11.1.2.3']);
});

test('a caller who is not let in learns how to get in, is counted by address, and learns nothing else', async (t) => {
  const limited: Limited[] = [];
  const refusals: readonly (readonly [NotAuthenticated['code'], number, RegExp])[] = [
    ['absent', 401, /^Bearer realm="plenum"$/],
    ['invalid', 401, /error="invalid_token"/],
    ['expired', 401, /error="invalid_token"/],
    ['revoked', 401, /error="invalid_token"/],
    ['no-role', 403, /error="insufficient_scope"/],
  ];
  for (const [code, status, challenge] of refusals) {
    const app = await fakeApp(t, {
      authentication: fakeAuthentication({
        authenticate: () => ({ outcome: 'refused', code, reason: 'A reason.' }),
        limit: (asked) => {
          limited.push(asked);
          return enough;
        },
      }),
    });
    const { statusCode, headers, body } = await app.inject({ url: '/api/v1/nodes', remoteAddress: '10.1.2.3' });
    assert.equal(statusCode, status, code);
    assert.match(String(headers['www-authenticate']), challenge);
    assert.match(String(headers['content-type']), /^application\/problem\+json/);
    assert.equal(JSON.parse(body).code, code);
    assert.equal(headers['x-ratelimit-remaining'], '9');
    assert.equal(headers['plenum-position'], undefined);
  }
  assert.deepEqual(
    limited,
    refusals.map(() => ({ address: '10.1.2.3' })),
  );
});

test('a caller who may not is answered with what it takes, and that is noted', async (t) => {
  const noted: string[] = [];
  const noteForbidden = (_: unknown, { id }: { readonly id: string }, required: string): void =>
    void noted.push(`${id} ${required}`);
  const app = await fakeApp(t, { authentication: fakeAuthentication({ noteForbidden }) });
  const { statusCode, headers, body } = await app.inject({ url: '/api/v1/users', headers: key });
  assert.equal(statusCode, 403);
  assert.equal(JSON.parse(body).permission, 'admin:users');
  assert.match(String(headers['www-authenticate']), /scope="admin:users"/);
  assert.deepEqual(noted, [`${somebody.id} admin:users`]);
});

test('too often is 429 for everybody, whatever else was wrong', async (t) => {
  const noted: unknown[] = [];
  const app = await fakeApp(t, {
    authentication: fakeAuthentication({
      limit: () => ({ allowed: false, limit: 10, remaining: 0, resetS: 50, retryAfterS: 7 }),
      noteLimited: (_, identity) => void noted.push(identity?.id),
    }),
  });
  for (const [url, headers] of [
    ['/api/v1/nodes', key],
    ['/api/v1/users', key],
    ['/api/v1/nodes', {}],
    ['/api/v1/openapi.json', key],
    ['/nowhere', key],
    ['/nowhere', {}],
  ] as const) {
    const answer = await app.inject({ url, headers });
    assert.equal(answer.statusCode, 429, url);
    assert.equal(answer.headers['retry-after'], '7');
    assert.equal(JSON.parse(answer.body).type, '/problems/rate-limited');
  }
  assert.deepEqual(noted, [somebody.id, somebody.id, undefined, somebody.id, somebody.id, undefined]);
});

test('while authentication is unavailable, nobody is let in', async (t) => {
  let counted: RateAnswer = enough;
  const limited: Limited[] = [];
  const away = await fakeApp(t, {
    authentication: fakeAuthentication({
      authenticate: async () => ({ outcome: 'unavailable', reason: 'Nobody can tell.', retryAfterS: 3 }),
      limit: (asked) => {
        limited.push(asked);
        return counted;
      },
    }),
  });
  const knock = () => away.inject({ url: '/api/v1/nodes', headers: key, remoteAddress: '10.1.2.3' });
  const answer = await knock();
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '3']);
  assert.equal(answer.headers['x-ratelimit-remaining'], '9');
  counted = { allowed: false, limit: 10, remaining: 0, resetS: 50, retryAfterS: 7 };
  assert.equal((await knock()).statusCode, 429, 'nor may anybody ask without end');
  assert.deepEqual(limited, [{ address: '10.1.2.3' }, { address: '10.1.2.3' }]);
  const uncounted = await fakeApp(t, {
    reads,
    authentication: fakeAuthentication({
      limit: async () => {
        throw new TransientFailure('08006', 'the database is away');
      },
    }),
  });
  const { statusCode, headers } = await uncounted.inject({ url: '/api/v1/nodes', headers: key });
  assert.deepEqual([statusCode, headers['retry-after']], [503, '2']);
});

test('health and metrics answer without authentication', async (t) => {
  const broken = (): never => {
    throw new Error('Authentication was asked');
  };
  const app = await fakeApp(t, { authentication: fakeAuthentication({ authenticate: broken, limit: broken }) });
  for (const url of ['/api/v1/health/live', '/api/v1/health/ready', '/health', '/metrics']) {
    assert.equal((await app.inject(url)).statusCode, 200, url);
  }
  assert.equal((await app.inject('/api/v1/nodes')).statusCode, 500);
});

test('clients of the replaced systems are refused in their words', async (t) => {
  const app = await fakeApp(t, { authentication: fakeAuthentication() });
  const get = async (url: string, headers = {}) => {
    const { statusCode, body } = await app.inject({ url, headers });
    return [statusCode, JSON.parse(body)];
  };
  const missing = { success: false, error: 'Authentication required' };
  assert.deepEqual(await get('/api/iot/network/status'), [401, missing]);
  assert.deepEqual(await get('/api/auth/validate'), [401, missing]);
  for (const prefix of ['', '/api']) {
    assert.deepEqual(await get(`${prefix}/auth/me`), [403, { detail: 'Not authenticated' }]);
    assert.deepEqual(await get(`${prefix}/auth/roles`, key), [
      200,
      { sub: somebody.id, roles: ['guest'], is_admin: false, is_engineer: false, is_field_worker: false },
    ]);
  }
  const forbidden = await app.inject({
    method: 'POST',
    url: '/api/auth/api-keys',
    headers: key,
    payload: { name: 'a', role: 'guest' },
  });
  assert.deepEqual(
    [forbidden.statusCode, JSON.parse(forbidden.body)],
    [403, { success: false, error: 'Insufficient permissions' }],
  );
  const bad = await fakeApp(t, {
    authentication: fakeAuthentication({
      authenticate: () => ({ outcome: 'refused', code: 'invalid', reason: 'It is not good.' }),
    }),
  });
  const { statusCode, body } = await bad.inject('/auth/me');
  assert.deepEqual([statusCode, JSON.parse(body)], [401, { detail: 'It is not good.' }]);
});

test('what is parked of access is shown to those who watch over it', async (t) => {
  const asked: unknown[] = [];
  const seeing = async (permissions: readonly string[]) => {
    const identity = { ...somebody, permissions };
    const app = await fakeApp(t, {
      reads: {
        parked: {
          page: async ({ notOf }) => {
            asked.push(notOf);
            return [];
          },
        },
      },
      authentication: fakeAuthentication({
        authenticate: () => ({ outcome: 'authenticated', identity, described: { roles: [] } }),
      }),
    });
    return (await app.inject('/api/v1/parked')).statusCode;
  };
  assert.equal(await seeing(['read:quarantine']), 200);
  assert.equal(await seeing(['*']), 200);
  assert.deepEqual(asked, [
    ['plenum.access.decisions', 'plenum.access.credential-hashes', 'plenum.access.security'],
    undefined,
  ]);
});

test('browsers are asked to be careful with every answer', async (t) => {
  const app = await fakeApp(t, { authentication: fakeAuthentication() });
  for (const url of ['/', '/api/v1/nodes', '/nowhere', '/api/v1/nodes/%zz', '/health']) {
    const { headers } = await app.inject(url);
    assert.equal(headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'", url);
    assert.equal(headers['x-content-type-options'], 'nosniff', url);
    assert.equal(headers['x-frame-options'], 'DENY', url);
    assert.match(String(headers['strict-transport-security']), /^max-age=\d{7,}/, url);
  }
});

test('pages of other origins get in when they are listed', async (t) => {
  const network = { trustedProxies: [], corsOrigins: ['https://plans.example.com'] };
  const app = await fakeApp(t, { authentication: fakeAuthentication(), network });
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/api/v1/nodes',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' },
    });
  const listed = await preflight('https://plans.example.com');
  assert.equal(listed.statusCode, 204);
  assert.equal(listed.headers['access-control-allow-origin'], 'https://plans.example.com');
  assert.match(String(listed.headers['access-control-allow-headers']), /X-API-Key/);
  assert.equal(listed.headers['access-control-allow-credentials'], undefined);
  assert.equal((await preflight('https://elsewhere.example.com')).headers['access-control-allow-origin'], undefined);
  const refused = await app.inject({ url: '/api/v1/nodes', headers: { origin: 'https://plans.example.com' } });
  assert.equal(refused.statusCode, 401);
  assert.equal(refused.headers['access-control-allow-origin'], 'https://plans.example.com');
  assert.match(String(refused.headers['access-control-expose-headers']), /RateLimit.*X-RateLimit-Remaining/);

  const closed = await fakeApp(t, { authentication: fakeAuthentication() });
  const { statusCode, headers } = await closed.inject({
    method: 'OPTIONS',
    url: '/api/v1/nodes',
    headers: { origin: 'https://plans.example.com', 'access-control-request-method': 'GET' },
  });
  assert.deepEqual(
    [statusCode, headers.allow, headers['access-control-allow-origin']],
    [204, 'GET, HEAD, POST, OPTIONS', undefined],
  );
});
