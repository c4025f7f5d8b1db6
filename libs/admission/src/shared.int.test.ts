/** What several processes, an absent log and an absent database make of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { faultProxy } from '@plenum/fault-proxy/testing';
import { systemTimer, type Timer } from '@plenum/runtime';
import type { Admission, Admitted, Shown } from './admission.ts';
import { byPlenum, done, here, newKey, newUser, shown, type TestAdmission, testAdmission } from './testing/index.ts';

/** Ends what waits for ever for an answer. */
const timeout = 120_000;

/** Asks again and again until this is the answer. */
const untilAnswer = async (
  admission: Admission,
  asked: Shown,
  wanted: (answer: Admitted) => boolean,
): Promise<void> => {
  while (!wanted(await admission.admit(asked))) await nextTurn();
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

const isRevoked = (answer: Admitted): boolean => answer.outcome === 'refused' && answer.code === 'revoked';

/** Of a connection that listens, this is asked again and again. */
const isListening = `datname = current_database() and application_name = 'plenum admission' and query = 'select 1'`;

const untilListening = async (pool: TestAdmission['pool'], processes: number): Promise<void> => {
  const count = `select count(*)::int from pg_stat_activity where ${isListening}`;
  while ((await pool.query(count)).rows[0].count < processes) await pool.query('select pg_sleep(0.01)');
};

describe('several processes', { timeout }, () => {
  it('hear of a revocation from one another though no time passes, with the log stopped', async (t) => {
    const limits = { security: { closeMs: 10 } };
    const world = await testAdmission(t, { log: { onAppend: () => 'refused' }, parts: { limits } });
    // Before anybody listens who is asked below: a late word of how they were made would be a reason to forget them.
    const user = await newUser(world.admission, 'operator');
    const key = await newKey(world.admission, 'operator');
    const [one, two] = await Promise.all([
      world.another({ timer: standing().timer }),
      world.another({ timer: standing().timer }),
    ]);
    await untilListening(world.pool, 3);
    const orders: readonly (readonly [string, Shown, () => Promise<unknown>])[] = [
      ['a key is revoked', shown(key), () => done(one.keys.revoke(key.id, byPlenum()))],
      ['a session is ended', shown(user), () => done(one.sessions.end(user.tokenId, byPlenum()))],
    ];
    for (const [what, asked, order] of orders) {
      for (const process of [one, two]) assert.equal((await process.admit(asked)).outcome, 'admitted', what);
      assert.ok(!(two.admit(asked) instanceof Promise), 'it is remembered');
      await order();
      assert.ok(isRevoked(await one.admit(asked)), `${what}: here at once`);
      await untilAnswer(two, asked, isRevoked);
    }
    const again = await newUser(one, 'operator');
    assert.equal((await two.admit(shown(again))).outcome, 'admitted');
    await done(one.users.disable(again.id, byPlenum()));
    await untilAnswer(two, shown(again), isRevoked);
    await done(two.users.enable(again.id, byPlenum()));
    await untilAnswer(one, shown(again), ({ outcome }) => outcome === 'admitted');
    assert.ok(one.figures().securityEventsWaiting > 0, 'the log takes nothing');
  });

  it('hear of it without being told within half a second, when notifications are lost', async (t) => {
    const world = await testAdmission(t);
    const { admission: one } = world;
    const user = await newUser(one, 'guest');
    const { timer, pass } = standing();
    const two = await world.another({ timer });
    assert.equal((await two.admit(shown(user))).outcome, 'admitted');
    await world.pool.query(`update plenum_access.authorized_session set ended = true where token_id = $1`, [
      user.tokenId,
    ]);
    assert.equal((await two.admit(shown(user))).outcome, 'admitted', 'it is remembered');
    pass(500);
    assert.ok(isRevoked(await two.admit(shown(user))));
  });

  it('ask for everything anew after they could hear nothing', async (t) => {
    const world = await testAdmission(t);
    const { admission: one, pool } = world;
    const user = await newUser(one, 'guest');
    const two = await world.another({ timer: standing().timer });
    await untilListening(pool, 2);
    assert.equal((await two.admit(shown(user))).outcome, 'admitted');
    await pool.query('update plenum_access.authorized_session set ended = true where token_id = $1', [user.tokenId]);
    assert.equal((await two.admit(shown(user))).outcome, 'admitted', 'nobody told it');
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${isListening}`);
    await untilAnswer(two, shown(user), isRevoked);
  });

  it('count requests together', async (t) => {
    const world = await testAdmission(t);
    const two = await world.another();
    const key = await newKey(world.admission, 'guest');
    const answer = await world.admission.admit(shown(key));
    assert.ok(answer.outcome === 'admitted');
    const { identity } = answer;
    const taken = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => (index % 2 === 0 ? world.admission : two).limit({ identity })),
    );
    assert.equal(taken.filter(({ allowed }) => allowed).length, 10);
    assert.equal((await two.limit({ address: here.address })).limit, world.config.API_RATE_LIMIT_STRANGERS);
  });

  it('make one first administrator, whoever starts first', async (t) => {
    const world = await testAdmission(t);
    const others = [await world.another(), await world.another(), await world.another()];
    const made = await Promise.all([world.admission, ...others].map(({ users }) => users.createFirst()));
    const created = made.filter((one) => one.outcome === 'created');
    const [first] = created;
    assert.ok(first !== undefined && created.length === 1);
    const { login, password } = first;
    const started = await world.admission.logins.login({ ...here, login, password });
    assert.ok(started.outcome === 'started');
    assert.deepEqual(started.user.permissions, ['*']);
    assert.deepEqual(await world.admission.users.createFirst(), { outcome: 'exists' });
  });
});

describe('a database that is frozen', { timeout }, () => {
  it('is done without for five seconds, and then nobody is let in until it is back', async (t) => {
    const world = await testAdmission(t);
    const user = await newUser(world.admission, 'operator');
    const key = await newKey(world.admission, 'operator');
    const { hostname: host, port } = new URL(world.databaseUrl);
    const proxy = await faultProxy({ to: () => ({ host, port: Number(port) }) });
    t.after(() => proxy.close());
    let passedMs = 0;
    const timer = { ...systemTimer, nowMs: () => performance.now() + passedMs };
    const admission = await world.another({
      database: { url: proxy.through(world.databaseUrl), beside: (asked) => asked },
      timer,
    });
    for (const credential of [user, key]) assert.equal((await admission.admit(shown(credential))).outcome, 'admitted');

    proxy.hold();
    passedMs += 600;
    for (const credential of [user, key]) assert.equal((await admission.admit(shown(credential))).outcome, 'admitted');
    assert.equal((await admission.admit(shown(await newUser(world.admission, 'guest')))).outcome, 'unavailable');
    passedMs += 5_000;
    for (const credential of [user, key]) {
      const answer = await admission.admit(shown(credential));
      assert.ok(answer.outcome === 'unavailable' && answer.retryAfterS >= 1, JSON.stringify(answer));
    }
    assert.ok(admission.figures().unavailable >= 3);
    assert.ok(admission.figures().guards.unreadableForMs > 5_000);

    proxy.mend();
    for (const credential of [user, key]) {
      await untilAnswer(admission, shown(credential), ({ outcome }) => outcome === 'admitted');
    }
    assert.equal(admission.figures().guards.unreadableForMs, 0);
  });
});
