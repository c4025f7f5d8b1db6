/** Who is counted by which limit, on every kind of route. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Authentication, Limited } from '@plenum/authentication';
import type { RateAnswer } from '@plenum/runtime';
import { fakeApp, nowUs } from '../testing/fake-app.ts';
import { enough, fakeAuthentication, somebody } from '../testing/fake-authentication.ts';
import { type OwnBudget, ownBudgets, ownLimits } from './own-budgets.ts';

const key = { 'x-api-key': 'a key' };
const bearer = { authorization: 'Bearer a token' };
const preflight = { origin: 'https://plans.example.com', 'access-control-request-method': 'GET' };
const used: RateAnswer = { allowed: false, limit: 60, remaining: 0, resetS: 9, retryAfterS: 9 };
const strangers = { address: '10.1.2.3' };

/** An app that says who was counted, with every stranger's request used up. */
const counting = async (t: TestContext, more: Partial<Authentication> = {}, corsOrigins: readonly string[] = []) => {
  const counted: Limited[] = [];
  const limit = (asked: Limited): RateAnswer => {
    counted.push(asked);
    return 'address' in asked ? used : enough;
  };
  const app = await fakeApp(t, {
    network: { trustedProxies: [], corsOrigins },
    authentication: fakeAuthentication({
      authenticate: ({ apiKey, authorization }) =>
        apiKey === undefined && authorization === undefined
          ? { outcome: 'refused', code: 'absent', reason: 'Nothing was shown.' }
          : { outcome: 'authenticated', identity: somebody, described: { roles: [] } },
      limit,
      ...more,
    }),
  });
  const ask = async (asked: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
    const [method = '', url = ''] = asked.split(' ');
    const answer = await app.inject({
      method: method as 'GET', // One of those that are asked for below.
      url,
      headers,
      remoteAddress: strangers.address,
    });
    return answer.statusCode;
  };
  return { ask, counted };
};

const anywhere = [
  ['GET /api/v1/me', 200],
  ['GET /nowhere', 404],
  ['GET /api/v1/nowhere/at/all', 404],
  ['PUT /api/v1/me', 405],
  ['OPTIONS /api/v1/me', 204],
  ['POST /api/v1/sessions', 400],
  ['POST /api/auth/login', 400],
] as const;
const documents = ['GET /', 'GET /api/v1/openapi.json', 'GET /problems/timeout', 'GET /api/v1/docs/static/index.css'];
const probes = ['GET /api/v1/health/live', 'GET /api/v1/health/ready', 'GET /health', 'GET /metrics'];

test('a good credential is counted as itself on every route, whatever strangers use up', async (t) => {
  for (const headers of [key, bearer]) {
    const { ask, counted } = await counting(t);
    for (const [asked, status] of anywhere) assert.equal(await ask(asked, headers), status, asked);
    for (const asked of documents) assert.equal(await ask(asked, headers), 200, asked);
    assert.deepEqual(
      counted,
      Array.from({ length: anywhere.length + documents.length }, () => ({ identity: somebody })),
    );
  }
});

test('without one, or with a wrong one, requests are counted by network', async (t) => {
  const wrong: Partial<Authentication> = {
    authenticate: () => ({ outcome: 'refused', code: 'invalid', reason: 'It is not good.' }),
  };
  for (const [more, headers] of [
    [{}, {}],
    [wrong, key],
  ] as const) {
    const { ask, counted } = await counting(t, more);
    for (const [asked] of anywhere) assert.equal(await ask(asked, headers), 429, asked);
    assert.deepEqual(
      counted,
      anywhere.map(() => strangers),
    );
  }
  const { ask } = await counting(t, wrong);
  assert.equal(await ask('GET /api/v1/openapi.json', key), 429, 'nor may anybody guess at a document');
});

test('documents, preflights and probes are counted apart from requests, and from each other', async (t) => {
  const { ask, counted } = await counting(t, {}, ['https://plans.example.com']);
  const all: readonly (readonly [OwnBudget, string, number, Readonly<Record<string, string>>])[] = [
    ['documents', 'GET /api/v1/openapi.json', 200, {}],
    ['preflights', 'OPTIONS /api/v1/nodes', 204, preflight],
    ['probes', 'GET /api/v1/health/live', 200, {}],
  ];
  for (const [budget, asked, status, headers] of all) {
    const statuses = new Set<number>();
    for (let request = 0; request < ownLimits[budget]; request += 1) statuses.add(await ask(asked, headers));
    assert.deepEqual([...statuses], [status], budget);
    assert.equal(await ask(asked, headers), 429, budget);
    assert.equal(await ask('GET /api/v1/me', key), 200, `${budget} took from requests`);
  }
  assert.deepEqual(
    counted,
    all.map(() => ({ identity: somebody })),
  );
});

test('probes and documents are answered while nobody can be made out', async (t) => {
  const away: Partial<Authentication> = {
    authenticate: () => ({ outcome: 'unavailable', reason: 'Nobody can tell.', retryAfterS: 3 }),
  };
  const { ask, counted } = await counting(t, away);
  for (const asked of [...documents, ...probes]) assert.equal(await ask(asked, key), 200, asked);
  assert.deepEqual(counted, []);
  assert.equal(await ask('OPTIONS /api/v1/me', preflight), 204, 'nor is a preflight a stranger');
});

test('a budget is one of a network, slides, and holds for however many networks there are', () => {
  let atUs = nowUs;
  const { take } = ownBudgets({ nowUs: () => atUs });
  for (let request = 0; request < ownLimits.documents; request += 1) {
    assert.ok(take('documents', `2001:db8::${(request % 9) + 1}`).allowed);
  }
  const { allowed, retryAfterS, remaining } = take('documents', '2001:db8::a');
  assert.deepEqual([allowed, retryAfterS, remaining], [false, 61, 0]);
  assert.ok(take('documents', '2001:db8:0:1::1').allowed, 'the next network');
  assert.ok(take('probes', '2001:db8::1').allowed, 'another budget');
  atUs += 61_000_000;
  assert.ok(take('documents', '2001:db8::1').allowed);
  for (let network = 0; network < 40_000; network += 1) {
    take('documents', `10.${network >> 14}.${(network >> 7) & 127}.${network & 127}`);
  }
  assert.ok(!take('documents', '192.0.2.1').allowed, 'those beyond what is remembered share one');
  atUs += 61_000_000;
  assert.ok(take('documents', '192.0.2.1').allowed);
});
