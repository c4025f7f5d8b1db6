/** What several processes, an absent log and an absent database make of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Authenticated, PresentedCredentials } from '@plenum/access';
import { faultProxy } from '@plenum/fault-proxy/testing';
import { systemTimer, type Timer } from '@plenum/runtime';
import type { Authentication } from './authentication.ts';
import {
  byPlenum,
  done,
  here,
  newKey,
  newUser,
  shown,
  type TestAuthentication,
  testAuthentication,
} from './testing/index.ts';

/** Ends what waits for ever for an answer. */
const timeout = 120_000;

/** Asks again and again until this is the answer. */
const untilAnswer = async (
  authentication: Authentication,
  asked: PresentedCredentials,
  wanted: (answer: Authenticated) => boolean,
): Promise<void> => {
  while (!wanted(await authentication.authenticate(asked))) await nextTurn();
};

/** Time that stands still until a test says so: what is remembered is not forgotten by itself. */
const standing = () => {
  let passedMs = 0;
  const timer: Timer = { ...systemTimer, nowMs: () => passedMs };
  const pass = (ms: number): void => {
    passedMs += ms;
  };
  return { timer, pass };
};

const isRevoked = (answer: Authenticated): boolean => answer.outcome === 'refused' && answer.code === 'revoked';

/** Of a connection that listens, this is asked again and again. */
const isListening = `datname = current_database() and application_name = 'plenum authentication' and query = 'select 1'`;

const untilListening = async (pool: TestAuthentication['pool'], processes: number): Promise<void> => {
  const count = `select count(*)::int from pg_stat_activity where ${isListening}`;
  while ((await pool.query(count)).rows[0].count < processes) await pool.query('select pg_sleep(0.01)');
};

describe('several processes', { timeout }, () => {
  it('hear of a revocation from one another though no time passes, with the log stopped', async (t) => {
    const limits = { security: { closeMs: 10 } };
    const world = await testAuthentication(t, { log: { onAppend: () => 'refused' }, parts: { limits } });
    // Before anybody listens who is asked below: a late word of how they were made would be a reason to forget them.
    const user = await newUser(world.authentication, 'operator');
    const key = await newKey(world.authentication, 'operator');
    const [one, two] = await Promise.all([
      world.another({ timer: standing().timer }),
      world.another({ timer: standing().timer }),
    ]);
    await untilListening(world.pool, 3);
    const orders: readonly (readonly [string, PresentedCredentials, () => Promise<unknown>])[] = [
      ['a key is revoked', shown(key), () => done(one.keys.revoke(key.id, byPlenum()))],
      ['a session is ended', shown(user), () => done(one.sessions.end(user.tokenId, byPlenum()))],
    ];
    for (const [what, asked, order] of orders) {
      for (const process of [one, two])
        assert.equal((await process.authenticate(asked)).outcome, 'authenticated', what);
      assert.ok(!(two.authenticate(asked) instanceof Promise), 'it is remembered');
      await order();
      assert.ok(isRevoked(await one.authenticate(asked)), `${what}: here at once`);
      await untilAnswer(two, asked, isRevoked);
    }
    const again = await newUser(one, 'operator');
    assert.equal((await two.authenticate(shown(again))).outcome, 'authenticated');
    await done(one.users.disable(again.id, byPlenum()));
    await untilAnswer(two, shown(again), isRevoked);
    await done(two.users.enable(again.id, byPlenum()));
    await untilAnswer(one, shown(again), ({ outcome }) => outcome === 'authenticated');
    assert.ok(one.metrics().securityEventsWaiting > 0, 'the log takes nothing');
  });

  it('hear of it within half a second, when notifications are lost', async (t) => {
    const world = await testAuthentication(t);
    const { authentication: one } = world;
    const user = await newUser(one, 'guest');
    const { timer, pass } = standing();
    const two = await world.another({ timer });
    assert.equal((await two.authenticate(shown(user))).outcome, 'authenticated');
    await world.pool.query(`update plenum_access.authorized_session set ended = true where token_id = $1`, [
      user.tokenId,
    ]);
    assert.equal((await two.authenticate(shown(user))).outcome, 'authenticated', 'it is remembered');
    pass(500);
    assert.ok(isRevoked(await two.authenticate(shown(user))));
  });

  it('ask for everything anew after they could hear nothing', async (t) => {
    const world = await testAuthentication(t);
    const { authentication: one, pool } = world;
    const user = await newUser(one, 'guest');
    const two = await world.another({ timer: standing().timer });
    await untilListening(pool, 2);
    assert.equal((await two.authenticate(shown(user))).outcome, 'authenticated');
    await pool.query('update plenum_access.authorized_session set ended = true where token_id = $1', [user.tokenId]);
    assert.equal((await two.authenticate(shown(user))).outcome, 'authenticated', 'it was not notified');
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${isListening}`);
    await untilAnswer(two, shown(user), isRevoked);
  });

  it('count requests together', async (t) => {
    const world = await testAuthentication(t);
    const two = await world.another();
    const key = await newKey(world.authentication, 'guest');
    const answer = await world.authentication.authenticate(shown(key));
    assert.ok(answer.outcome === 'authenticated');
    const { identity } = answer;
    const taken = await Promise.all(
      Array.from({ length: 30 }, async (_, index) =>
        (index % 2 === 0 ? world.authentication : two).limit({ identity }),
      ),
    );
    assert.equal(taken.filter(({ allowed }) => allowed).length, 10);
    assert.equal((await two.limit({ address: here.address })).limit, world.config.API_RATE_LIMIT_STRANGERS);
  });

  it('make one first administrator, whichever process starts first', async (t) => {
    const world = await testAuthentication(t);
    const others = [await world.another(), await world.another(), await world.another()];
    const made = await Promise.all([world.authentication, ...others].map(({ users }) => users.createFirst()));
    const created = made.filter((one) => one.outcome === 'created');
    const [first] = created;
    assert.ok(first !== undefined && created.length === 1);
    const { login, password } = first;
    const started = await world.authentication.logins.login({ ...here, login, password });
    assert.ok(started.outcome === 'started');
    assert.deepEqual(started.user.permissions, ['*', 'admin:organisations']);
    const { rows } = await world.pool.query(
      `select version, organisation from plenum_store.stream where stream = 'organisation-default'`,
    );
    assert.deepEqual(
      rows,
      [{ version: 1, organisation: 'default' }],
      'and the organisation that is there from the start',
    );
    assert.deepEqual(await world.authentication.users.createFirst(), { outcome: 'exists' });
  });
});

describe('a database that is frozen', { timeout }, () => {
  it('is done without for five seconds, and then nobody is let in until it is back', async (t) => {
    const world = await testAuthentication(t);
    const user = await newUser(world.authentication, 'operator');
    const key = await newKey(world.authentication, 'operator');
    const { hostname: host, port } = new URL(world.databaseUrl);
    const proxy = await faultProxy({ to: () => ({ host, port: Number(port) }) });
    t.after(() => proxy.close());
    let passedMs = 0;
    const timer = { ...systemTimer, nowMs: () => performance.now() + passedMs };
    const authentication = await world.another({
      through: proxy.through(world.databaseUrl),
      timer,
    });
    for (const credential of [user, key])
      assert.equal((await authentication.authenticate(shown(credential))).outcome, 'authenticated');

    proxy.hold();
    passedMs += 600;
    for (const credential of [user, key])
      assert.equal((await authentication.authenticate(shown(credential))).outcome, 'authenticated');
    assert.equal(
      (await authentication.authenticate(shown(await newUser(world.authentication, 'guest')))).outcome,
      'unavailable',
    );
    passedMs += 5_000;
    for (const credential of [user, key]) {
      const answer = await authentication.authenticate(shown(credential));
      assert.ok(answer.outcome === 'unavailable' && answer.retryAfterS >= 1, JSON.stringify(answer));
    }
    assert.ok(authentication.metrics().unavailable >= 3);
    assert.ok(authentication.metrics().authorization.unreadableForMs > 5_000);

    proxy.mend();
    for (const credential of [user, key]) {
      await untilAnswer(authentication, shown(credential), ({ outcome }) => outcome === 'authenticated');
    }
    assert.equal(authentication.metrics().authorization.unreadableForMs, 0);
  });
});
