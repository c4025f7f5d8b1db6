/** What follows from the end of all sessions of a user, through the store, the log and the reaction. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { SessionEnded, sessionStream } from '@plenum/access';
import { reactions, topics } from '@plenum/catalogue';
import { type Event, isEvent } from '@plenum/event';
import { postgresCheckpointStore, query } from '@plenum/postgres';
import { type Issue, issueTo, runOutboxRelay, runReaction } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { byPlenum, done, here, newUser, shown, type TestAuthentication, testAuthentication } from './testing/index.ts';

const timed = { timeout: 120_000 };

it('ends each session of the user but the kept one, in the name of the actor that ended them', timed, async (t) => {
  const world = await testAuthentication(t);
  const { authentication } = world;
  const [ana, bo] = [await newUser(authentication, 'guest'), await newUser(authentication, 'guest')];
  const [two, three] = [await login(world, ana), await login(world, ana)];
  const asked = { ...here, id: 'c1', userId: ana.id, tokenId: ana.tokenId, password: ana.password };
  const changed = await authentication.logins.changePassword({ ...asked, newPassword: 'a better one than before' });
  assert.deepEqual(changed, { outcome: 'done', sessionsEnded: 2 });
  // Nobody reacts yet: they open nothing all the same.
  for (const { token } of [two, three]) {
    assert.equal((await authentication.authenticate(shown({ token }))).outcome, 'refused');
  }
  assert.deepEqual(await endOf(world, two.tokenId), []);

  const reactor = react(t, world);
  await reactor.until(async () => (await endOf(world, three.tokenId)).length > 0);
  await reactor.until(async () => (await endOf(world, two.tokenId)).length > 0);
  for (const { tokenId } of [two, three]) {
    const [ended] = await endOf(world, tokenId);
    assert.partialDeepStrictEqual(ended?.data, { user_id: ana.id, reason: 'password-changed', by: ana.id });
  }
  assert.deepEqual([...(await endOf(world, ana.tokenId)), ...(await endOf(world, bo.tokenId))], []);
  assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated');
});

it('ends each of them once, whichever process was killed on the way', timed, async (t) => {
  const world = await testAuthentication(t);
  const { authentication } = world;
  const ana = await newUser(authentication, 'guest');
  const sessions = [ana, await login(world, ana), await login(world, ana)].map(({ tokenId }) => tokenId);
  const ended = await authentication.sessions.endAll(ana.id, byPlenum());
  assert.deepEqual(ended, { outcome: 'done', ended: sessions.toSorted() });
  let issued = 0;
  const killed = new Error('killed');
  const first = react(t, world, (issue) => async (command, by) => {
    issued += 1;
    if (issued === 2) throw killed;
    return issue(command, by);
  });
  await assert.rejects(first.ended, (error) => error === killed);
  await first.stop();
  const ends = async () => (await Promise.all(sessions.map((tokenId) => endOf(world, tokenId)))).flat();
  assert.equal((await ends()).length, 1);
  const second = react(t, world);
  await second.until(async () => (await ends()).length === 3);
  await second.stop();
  await done(authentication.users.enable(ana.id, byPlenum()));
  assert.equal((await ends()).length, 3);
});

it('leaves the sessions of a user who is disabled, for they go on when enabled again', timed, async (t) => {
  const world = await testAuthentication(t);
  const { authentication } = world;
  const [ana, bo] = [await newUser(authentication, 'guest'), await newUser(authentication, 'guest')];
  await done(authentication.users.disable(ana.id, byPlenum()));
  await authentication.sessions.endAll(bo.id, byPlenum());
  const reactor = react(t, world);
  await reactor.until(async () => (await endOf(world, bo.tokenId)).length > 0);
  assert.deepEqual(await endOf(world, ana.tokenId), []);
  assert.equal((await authentication.authenticate(shown(ana))).outcome, 'refused');
  await done(authentication.users.enable(ana.id, byPlenum()));
  assert.equal((await authentication.authenticate(shown(ana))).outcome, 'authenticated');
});

const login = async ({ authentication }: TestAuthentication, { login, password }: Readonly<Record<string, string>>) => {
  const started = await authentication.logins.login({ ...here, login: login ?? '', password: password ?? '' });
  assert.ok(started.outcome === 'started');
  return started;
};

/** As the session's stream says. */
const endOf = async ({ store }: TestAuthentication, tokenId: string): Promise<readonly Event[]> =>
  (await store.load(sessionStream(tokenId))).events.filter((event) => isEvent(SessionEnded, event));

/** The relay and every reaction, until the test ends or the caller stops them. */
const react = (t: TestContext, world: TestAuthentication, wrap: (issue: Issue) => Issue = (issue) => issue) => {
  const { pool, store, log, codec } = world;
  const stopping = new AbortController();
  const checkpoints = postgresCheckpointStore({ pool });
  const clock = { nowUs: () => Date.now() * 1000 };
  const issue = wrap(issueTo({ store, clock, random: { bytes16: () => randomBytes(16) } }));
  const decided = topics.filter(({ holds }) => holds === 'decisions');
  const shared = { log, logger: silentLogger };
  const tables = <R>(text: string, parameters?: readonly unknown[]) => query<R>(pool, text, parameters);
  const running = [
    runOutboxRelay(
      { ...shared, source: store.source, checkpoints: store.checkpoints, topics: decided },
      stopping.signal,
    ),
    ...reactions.map((reaction) =>
      runReaction({ ...shared, reaction, issue, checkpoints, tables, codec, topics }, stopping.signal),
    ),
  ];
  const ended = Promise.race(running);
  ended.catch(() => undefined); // Of interest to those who wait for something.
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.allSettled(running);
  };
  t.after(stop);
  return {
    ended,
    stop,
    /** Looks again whenever a command may have been carried out. */
    until: async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
    },
  };
};
