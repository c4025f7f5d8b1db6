/** Keys of requests at two processes of the API on one database, one of which is killed. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { newKey, newUser, type TestAuthentication, testAuthentication } from '@plenum/authentication/testing';
import { startApiProcess } from './testing/api-process.ts';

type Headers = Readonly<Record<string, string>>;

const twoApis = async (t: TestContext) => {
  const world = await testAuthentication(t);
  const { JWT_SECRET, PLENUM_MASTER_KEY } = world.config;
  const environment = { DATABASE_URL: world.databaseUrl, JWT_SECRET, PLENUM_MASTER_KEY, LOG_LEVEL: 'info' };
  const [one, other] = await Promise.all([startApiProcess(t, environment), startApiProcess(t, environment)]);
  const { key } = await newKey(world.authentication, 'administrator');
  const { id } = await newUser(world.authentication, 'operator');
  return { ...world, one, other, admin: { 'x-api-key': key }, id };
};

const ask = async (url: string, method: string, headers: Headers, body?: object) => {
  const sent = body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers: sent, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
};

/** Nothing is decided while this is held, so what has begun is in flight until it is let go. */
const standstill = async ({ pool }: Pick<TestAuthentication, 'pool'>) => {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('lock table plenum_store.stream in exclusive mode');
  return {
    /** Settles when somebody waits for it. */
    reached: async (): Promise<void> => {
      const text = `select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%plenum_store.advance%'`;
      for (;;) {
        const { rows } = await pool.query<{ readonly waiting: number }>(text);
        if ((rows[0]?.waiting ?? 0) > 0) return;
        await setTimeout(10);
      }
    },
    end: async (): Promise<void> => {
      await client.query('commit');
      client.release();
    },
  };
};

test('two at once with one key: the second hears 409, and what was done is done once', {
  timeout: 120_000,
}, async (t) => {
  const world = await twoApis(t);
  const { one, other, admin, id } = world;
  const path = `/api/v1/users/${id}`;
  const keyed = { ...admin, 'idempotency-key': 'k1' };
  const stands = await standstill(world);
  const first = ask(one.url + path, 'PATCH', keyed, { name: 'First' });
  await stands.reached();
  for (const url of [one.url, other.url]) {
    for (const name of ['First', 'Another']) {
      const second = await ask(url + path, 'PATCH', keyed, { name });
      assert.deepEqual([second.status, second.body.type], [409, '/problems/in-flight']);
      assert.equal(second.headers.get('retry-after'), '1');
    }
  }
  await stands.end();
  const done = await first;
  assert.deepEqual([done.status, done.body.outcome], [200, 'recorded']);

  for (const url of [one.url, other.url]) {
    const again = await ask(url + path, 'PATCH', keyed, { name: 'First' });
    assert.deepEqual([again.status, again.body.outcome, again.body.version], [200, 'known', done.body.version]);
    for (const [method, address, body] of [
      ['PATCH', path, { name: 'Another' }],
      ['PATCH', `${path}?limit=1`, { name: 'First' }],
      ['POST', `${path}/disable`, undefined],
      ['DELETE', '/api/v1/keys/none', undefined],
    ] as const) {
      const refused = await ask(url + address, method, keyed, body);
      // An unknown parameter is refused before anything else.
      const expected = address.includes('?') ? [400, '/problems/validation'] : [422, '/problems/key-used'];
      assert.deepEqual([refused.status, refused.body.type], expected, address);
    }
  }
  // Somebody else may have the same key, and learns of nobody else's request.
  const somebody = await newKey(world.authentication, 'administrator');
  const theirs = { 'x-api-key': somebody.key, 'idempotency-key': 'k1' };
  const own = await ask(other.url + path, 'PATCH', theirs, { name: 'Another' });
  assert.deepEqual([own.status, own.body.outcome], [200, 'recorded']);
});

test('what changed nothing has used its key too', { timeout: 120_000 }, async (t) => {
  const { one, other, admin, id } = await twoApis(t);
  const keyed = { ...admin, 'idempotency-key': 'k1' };
  const path = `/api/v1/users/${id}`;
  const unlocked = await ask(`${one.url}${path}/enable`, 'POST', keyed);
  assert.deepEqual([unlocked.status, unlocked.body.outcome], [200, 'unchanged']);
  assert.equal((await ask(`${other.url}${path}/enable`, 'POST', keyed)).status, 200);
  assert.equal((await ask(`${other.url}${path}/disable`, 'POST', keyed)).status, 422);
});

test('a secret is in one answer only, and a password is part of what was asked', { timeout: 120_000 }, async (t) => {
  const { one, other, admin, id } = await twoApis(t);
  const key = { name: 'meter', role: 'guest' };
  const issued = await ask(`${one.url}/api/v1/keys`, 'POST', { ...admin, 'idempotency-key': 'k1' }, key);
  assert.match(issued.body.key, /^[0-9a-f]{64}$/);
  const again = await ask(`${other.url}/api/v1/keys`, 'POST', { ...admin, 'idempotency-key': 'k1' }, key);
  assert.deepEqual([again.status, again.body.id, again.body.key], [201, issued.body.id, null]);
  const path = `/api/v1/users/${id}/password`;
  const keyed = { ...admin, 'idempotency-key': 'k2' };
  assert.equal((await ask(one.url + path, 'POST', keyed, { password: 'a first password' })).status, 200);
  assert.equal((await ask(other.url + path, 'POST', keyed, { password: 'a first password' })).status, 200);
  assert.equal((await ask(other.url + path, 'POST', keyed, { password: 'another password' })).status, 422);
});

test('a process that is killed keeps no key, whether it was done or not', { timeout: 120_000 }, async (t) => {
  const world = await twoApis(t);
  const { one, other, admin, id } = world;
  const path = `/api/v1/users/${id}`;
  const done = await ask(one.url + path, 'PATCH', { ...admin, 'idempotency-key': 'k1' }, { name: 'First' });
  assert.equal(done.status, 200);

  const stands = await standstill(world);
  const keyed = { ...admin, 'idempotency-key': 'k2' };
  const lost = ask(one.url + path, 'PATCH', keyed, { name: 'Second' }).catch(() => 'no answer');
  await stands.reached();
  assert.equal((await ask(other.url + path, 'PATCH', keyed, { name: 'Second' })).status, 409);
  await one.kill();
  assert.equal(await lost, 'no answer');
  await stands.end();

  const untilFree = async () => {
    for (;;) {
      const answer = await ask(other.url + path, 'PATCH', keyed, { name: 'Second' });
      if (answer.status !== 409) return answer;
      // As `Retry-After` has it, but for a test that cannot wait: the server has to see that the connection is closed.
      await setTimeout(25);
    }
  };
  const second = await untilFree();
  assert.deepEqual([second.status, second.body.outcome], [200, 'recorded']);
  assert.equal(second.body.version, done.body.version + 1);
  const again = await ask(other.url + path, 'PATCH', { ...admin, 'idempotency-key': 'k1' }, { name: 'First' });
  assert.deepEqual([again.status, again.body.outcome], [200, 'known']);
  const reused = await ask(other.url + path, 'PATCH', { ...admin, 'idempotency-key': 'k1' }, { name: 'Third' });
  assert.equal(reused.status, 422);
});
