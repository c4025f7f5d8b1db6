import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { type SessionStore, type TakeSession, TransientFailure } from '@plenum/runtime';
import { sessionStoreContract, simulateSessions } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { sessionServers, type TestSessionServer } from './testing/session-server.ts';

sessionStoreContract('Postgres', async (t) => {
  const { url } = await testDatabase(t);
  const { open } = await sessionServers(t, url);
  return () => open();
});

const nowMs = 1_750_000_000_000;
const asked = (clientId: string): TakeSession => ({ clientId, clean: false, expiryMs: 60_000, will: undefined });
const aMessage = (number: number, qos: 1 | 2 = 1) =>
  ({ number, qos, body: new TextEncoder().encode(`message ${number}`), expiresAtMs: undefined }) as const;

const two = async (t: TestContext): Promise<readonly [TestSessionServer, TestSessionServer]> => {
  const { url } = await testDatabase(t);
  const { open } = await sessionServers(t, url);
  return [await open(), await open()];
};

const waitingIn = async (store: SessionStore, clientId: string): Promise<readonly number[]> =>
  (await store.take(asked(clientId), nowMs)).waiting.map(({ number }) => number);

it('ten thousand sessions are taken at once, new and known', async (t) => {
  const [{ store }, { store: other }] = await two(t);
  const names = Array.from({ length: 10_000 }, (_, index) => `node-${index}`);
  for (const [one, present] of [
    [store, false],
    [other, true],
  ] as const) {
    const taken = await Promise.all(names.map((name) => one.take(asked(name), nowMs)));
    assert.ok(taken.every((session) => session.present === present));
  }
});

it('what waits while the database is away is written when it is back; takes are refused', async (t) => {
  const [{ store, proxy }, { store: other }] = await two(t);
  const session = await store.take(asked('c'), nowMs);
  proxy.cut('at-once');
  const writing = [store.enqueue(session, aMessage(1)), store.subscribe(session, [])];
  await assert.rejects(store.take(asked('d'), nowMs), TransientFailure);
  await assert.rejects(store.retained(), TransientFailure);
  await assert.rejects(store.check([session]), TransientFailure);
  await assert.rejects(store.adopt(nowMs, 0), TransientFailure);
  await assert.rejects(store.expire(nowMs, 10), TransientFailure);
  proxy.cut('never');
  assert.deepEqual(await Promise.all(writing), ['written', 'written']);
  assert.deepEqual(await waitingIn(other, 'c'), [1]);
});

it('what was committed without an answer is written once, and what follows is written after it', async (t) => {
  const [{ store, proxy }, { store: other }] = await two(t);
  const session = await store.take(asked('c'), nowMs);
  await store.enqueue(session, aMessage(1));
  proxy.cut('at-commit');
  const writing = [
    store.enqueue(session, aMessage(2)),
    store.enqueue(session, aMessage(3, 2)),
    store.remove(session, 1),
  ];
  while (proxy.answersLost() === 0) await new Promise((resolve) => setImmediate(resolve));
  writing.push(store.remove(session, 2), store.release(session, 3));
  proxy.cut('never');
  assert.deepEqual(await Promise.all(writing), Array(5).fill('written'));
  const { waiting } = await other.take(asked('c'), nowMs);
  assert.deepEqual(
    waiting.map(({ number, released }) => [number, released]),
    [[3, true]],
  );
});

it('what was passed on without an answer is known to be, though its publisher has gone to another server since', async (t) => {
  const [{ store, proxy }, { store: other }] = await two(t);
  const [publisher, subscriber] = [await store.take(asked('p'), nowMs), await store.take(asked('s'), nowMs)];
  const gone = await store.take(asked('gone'), nowMs);
  const arrival = { packetId: 1, eventId: 'e', receivedTimeUs: 0 };
  const handovers = [subscriber, gone].map((session) => ({ session, message: aMessage(1, 2) }));
  proxy.cut('at-commit');
  const passing = store.passOn(publisher, arrival, handovers);
  while (proxy.answersLost() === 0) await new Promise((resolve) => setImmediate(resolve));
  const taken = await other.take(asked('p'), nowMs);
  assert.deepEqual(taken.arrivals, [{ ...arrival, passedOn: true }]);
  assert.deepEqual(await waitingIn(other, 'gone'), [1]);
  proxy.cut('never');
  assert.deepEqual(await passing, ['written', 'lost']);
  assert.equal(await store.passOn(publisher, arrival, [{ session: subscriber, message: aMessage(2, 2) }]), 'lost');
  assert.deepEqual(await waitingIn(store, 's'), [1]);
});

it('a session that was taken without an answer is adopted, unless its client is here again', async (t) => {
  const [{ store, proxy }, { store: other }] = await two(t);
  for (const clientId of ['a', 'b']) await other.take(asked(clientId), nowMs);
  proxy.cut('at-commit');
  const takes = await Promise.allSettled(['a', 'b'].map((clientId) => store.take(asked(clientId), nowMs)));
  assert.deepEqual(
    takes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  proxy.cut('never');
  const again = await store.take(asked('b'), nowMs);
  const [adopted, ...more] = (await store.adopt(nowMs, 0)).sessions;
  assert.deepEqual([adopted?.clientId, more], ['a', []]);
  assert.deepEqual(await store.check([again]), []);
  assert.deepEqual((await store.adopt(nowMs, 0)).sessions, []);
});

it('nothing that is written is lost when the server\u2019s connections are ended in the middle of it', async (t) => {
  const { url, pool } = await testDatabase(t);
  const { open } = await sessionServers(t, url);
  const [{ store }, { store: other }] = [await open(), await open()];
  const session = await store.take(asked('c'), nowMs);
  const numbers = Array.from({ length: 3_000 }, (_, index) => index + 1);
  const writing: Promise<string>[] = [];
  for (const number of numbers) {
    writing.push(store.enqueue(session, aMessage(number)));
    if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (number % 1_000 === 0) {
      await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'sessions under test'`);
    }
  }
  assert.deepEqual(new Set(await Promise.all(writing)), new Set(['written']));
  assert.deepEqual(await waitingIn(other, 'c'), numbers);
});

it('what cannot be written is refused alone', async (t) => {
  const [{ store }, { store: other }] = await two(t);
  const sessions = await Promise.all(['a', 'b', 'c'].map((name) => store.take(asked(name), nowMs)));
  const bad = { packetId: 1, eventId: 'a\u0000b', receivedTimeUs: 0 };
  const calls = sessions.flatMap((session) => [
    store.enqueue(session, aMessage(1)),
    session.clientId === 'b' ? store.arrive(session, bad) : store.enqueue(session, aMessage(2)),
    store.enqueue(session, aMessage(3)),
  ]);
  calls.push(store.take({ ...asked('x\u0000') }, nowMs).then(() => 'written'));
  const answers = await Promise.allSettled(calls);
  assert.deepEqual(
    answers.map(({ status }) => status === 'fulfilled'),
    [true, true, true, true, false, true, true, true, true, false],
  );
  assert.deepEqual(
    [await waitingIn(other, 'a'), await waitingIn(other, 'b')],
    [
      [1, 2, 3],
      [1, 3],
    ],
  );
});

it('a schedule of servers holds that take, enqueue, remove, are cut off, die and adopt', async (t) => {
  const { url } = await testDatabase(t);
  const servers = await sessionServers(t, url);
  const open = async () => {
    const { store, kill, proxy } = await servers.open();
    return { store, kill, cut: () => proxy.cut('at-answer'), heal: () => proxy.cut('never') };
  };
  const { kept, removed } = await simulateSessions({ seed: 1, steps: 700, open });
  assert.ok(kept > 5 && removed > 5, `${kept} kept, ${removed} removed`);
});

it('who was away hears that something may have been missed', async (t) => {
  const [{ store, proxy }] = await two(t);
  const gap = new Promise<void>((resolve) => {
    store.onNews(({ news }) => {
      if (news === 'gap') resolve();
    });
  });
  proxy.cut('at-once');
  proxy.cut('never');
  await gap;
});

it('sessions that ended leave nothing behind', async (t) => {
  const { url, pool } = await testDatabase(t);
  const { store } = await (await sessionServers(t, url)).open();
  const fill = async (clientId: string) => {
    const session = await store.take(asked(clientId), nowMs);
    await store.enqueue(session, aMessage(1));
    await store.subscribe(session, [
      { filter: 'a', options: { qos: 1, noLocal: false, retainAsPublished: false, subscriptionId: 1 } },
    ]);
    await store.arrive(session, { packetId: 1, eventId: 'e', receivedTimeUs: 1 });
    return session;
  };
  const left = await fill('left');
  await store.leave(left, { atMs: nowMs, expiryMs: 0, sentNumber: 0, willDueAtMs: undefined });
  await store.end(await fill('ended'));
  await fill('clean');
  await store.end(await store.take({ ...asked('clean'), clean: true }, nowMs));
  const expired = await fill('expired');
  await store.leave(expired, { atMs: nowMs, expiryMs: 1, sentNumber: 0, willDueAtMs: undefined });
  await store.expire(nowMs + 1, 10);
  for (const table of ['session', 'message', 'subscription', 'arrival']) {
    const { rows } = await pool.query(`select * from plenum_session.${table}`);
    assert.deepEqual(rows, [], table);
  }
});
