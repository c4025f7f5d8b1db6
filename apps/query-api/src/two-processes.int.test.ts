/** Two processes of the API on one database: what one decides holds at the other, and requests count for both together. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { byPlenum, done, newKey, newUser, testAuthentication } from '@plenum/authentication/testing';
import { startApi } from './testing/api-process.ts';

const twoApis = async (t: TestContext) => {
  const world = await testAuthentication(t);
  const { JWT_SECRET, PLENUM_MASTER_KEY } = world.config;
  const environment = { DATABASE_URL: world.databaseUrl, JWT_SECRET, PLENUM_MASTER_KEY, LOG_LEVEL: 'info' };
  const [one, other] = await Promise.all([startApi(t, environment), startApi(t, environment)]);
  return { ...world, one, other };
};

type Headers = Readonly<Record<string, string>>;

const me = async (url: string, headers: Headers): Promise<number> => {
  const answer = await fetch(`${url}/api/v1/me`, { headers });
  await answer.arrayBuffer();
  return answer.status;
};

/** What the answer is then. How soon is a matter of `libs/authentication`, where time can be made to stand still. */
const untilRefused = async (url: string, headers: Headers): Promise<number> => {
  for (;;) {
    const status = await me(url, headers);
    if (status !== 200) return status;
    // A user who logged in may ask a hundred times in a minute, and is to be refused for something else.
    await setTimeout(25);
  }
};

test('what is ended at one process is over at the other', { timeout: 240_000 }, async (t) => {
  const { authentication, one, other } = await twoApis(t);
  const administrator = await newKey(authentication, 'administrator');
  const asAdministrator = { 'x-api-key': administrator.key };
  const [key, leaving, disabled] = [
    await done(authentication.keys.issue({ ...byPlenum(), name: 'guest', role: 'guest', rateLimit: 100_000 })),
    await newUser(authentication, 'operator'),
    await newUser(authentication, 'operator'),
  ];
  const cases = [
    { what: 'a key', headers: { 'x-api-key': key.secret ?? '' }, url: `/api/v1/keys/${key.id}`, method: 'DELETE' },
    {
      what: 'a session',
      headers: { authorization: `Bearer ${leaving.token}` },
      url: `/api/v1/sessions/${leaving.tokenId}`,
      method: 'DELETE',
    },
    {
      what: 'a user',
      headers: { authorization: `Bearer ${disabled.token}` },
      url: `/api/v1/users/${disabled.id}/disable`,
      method: 'POST',
    },
  ];
  for (const { what, headers, url, method } of cases) {
    // Both have it in memory now.
    assert.deepEqual([await me(one, headers), await me(other, headers)], [200, 200], what);
    const ordered = await fetch(`${one}${url}`, { method, headers: asAdministrator });
    assert.equal(ordered.status, 200, `${what}: ${await ordered.text()}`);
    assert.equal(await me(one, headers), 401, `${what} at the process that decided`);
    assert.equal(await untilRefused(other, headers), 401, `${what} at the other process`);
  }
});

test('one limit holds for both', async (t) => {
  const { authentication, one, other } = await twoApis(t);
  for (const rateLimit of [30, 200]) {
    const { secret = '' } = await done(
      authentication.keys.issue({ ...byPlenum(), name: 'counted', role: 'guest', rateLimit }),
    );
    const headers = { 'x-api-key': secret };
    const answers: Response[] = [];
    // Several at once, so that they are through long before the first of them is a minute old.
    for (let n = 0; n < rateLimit * 1.2; n += 6) {
      const urls = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? one : other));
      const several = await Promise.all(urls.map((url) => fetch(`${url}/api/v1/me`, { headers })));
      await Promise.all(several.map((answer) => answer.arrayBuffer()));
      answers.push(...several);
    }
    const allowed = answers.filter(({ status }) => status === 200).length;
    const most = rateLimit + Math.max(1, Math.floor(rateLimit * 0.02));
    assert.ok(allowed <= most && allowed >= rateLimit * 0.9, `${allowed} of ${rateLimit} were let through`);
    const [last] = answers.slice(-1);
    assert.equal(last?.status, 429);
    assert.match(last.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
    assert.equal(last.headers.get('x-ratelimit-limit'), String(rateLimit));
    assert.equal(last.headers.get('x-ratelimit-remaining'), '0');
    assert.match(last.headers.get('ratelimit') ?? '', /^"minute";r=0;t=\d+$/);
  }
});
