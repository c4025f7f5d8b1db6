/** Contract tests of session stores: taking a session, and what is found in it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  aMessage,
  anArrival,
  aSubscription,
  asked,
  bytes,
  enqueueAll,
  leave,
  missing,
  nowMs,
  numbersOf,
  type OpenSessionServers,
  refOf,
} from './session-store-contract-kit.ts';

export const sessionsTaken = (open: OpenSessionServers): void => {
  it('are new when nothing is kept, and present afterwards, under an epoch that grows', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const first = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      { ...first, epoch: 0 },
      { clientId: 'c', epoch: 0, present: false, subscriptions: [], waiting: [], arrivals: [], endedWill: undefined },
    );
    const second = await store.take(asked('c'), nowMs);
    const third = await other.take(asked('c'), nowMs);
    assert.deepEqual([second.present, third.present], [true, true]);
    assert.ok(second.epoch > first.epoch && third.epoch > second.epoch);
    assert.equal((await other.take(asked('d'), nowMs)).present, false, 'of another client');
  });

  it('hold what was written before, by the same server and by another', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const first = await store.take(asked('c'), nowMs);
    const writing = [
      store.subscribe(first, [aSubscription('a/#'), aSubscription('b', 7)]),
      store.enqueue(first, aMessage(1)),
      store.enqueue(first, aMessage(2, { qos: 2, expiresAtMs: nowMs + 5 })),
      store.release(first, 2),
      store.arrive(first, anArrival(65_535)),
    ];
    // Not waited for: the store carries out in order what it is asked.
    const again = await store.take(asked('c'), nowMs);
    assert.deepEqual(await Promise.all(writing), Array(5).fill('written'));
    const byOther = await other.take(asked('c'), nowMs);
    for (const taken of [again, byOther]) {
      assert.deepEqual(
        taken.subscriptions.toSorted((a, b) => (a.filter < b.filter ? -1 : 1)),
        [aSubscription('a/#'), aSubscription('b', 7)],
      );
      const plain = taken.waiting.map((message) => ({ ...message, body: Buffer.from(message.body).toString() }));
      assert.deepEqual(plain, [
        { number: 1, qos: 1, body: 'message 1', expiresAtMs: undefined, sent: true, released: false },
        { number: 2, qos: 2, body: 'message 2', expiresAtMs: nowMs + 5, sent: true, released: true },
      ]);
      assert.deepEqual(taken.arrivals, [{ ...anArrival(65_535), passedOn: false }]);
    }
  });

  it('are empty when they are taken clean', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const first = await store.take(asked('c'), nowMs);
    await store.subscribe(first, [aSubscription('a')]);
    await enqueueAll(store, first, [1, 2]);
    await store.arrive(first, anArrival(1));
    for (const taken of [
      await other.take(asked('c', { clean: true }), nowMs),
      await other.take(asked('c'), nowMs), // Nothing comes back.
    ]) {
      assert.deepEqual([taken.subscriptions, taken.waiting, taken.arrivals], [[], [], []]);
    }
    assert.equal((await other.take(asked('c', { clean: true }), nowMs)).present, false);
  });

  it('that are over are not present, although nobody has ended them yet', async (t) => {
    const [{ store }] = await two(open, t);
    const first = await store.take(asked('c'), nowMs);
    await enqueueAll(store, first, [1]);
    await leave(store, first, { expiryMs: 1_000 });
    const inTime = await store.take(asked('c'), nowMs + 999);
    assert.deepEqual([inTime.present, numbersOf(inTime)], [true, [1]]);
    await leave(store, inTime, { expiryMs: 1_000 });
    const late = await store.take(asked('c'), nowMs + 1_000);
    assert.deepEqual([late.present, numbersOf(late)], [false, []]);
    const brief = await store.take(asked('brief', { expiryMs: 0 }), nowMs);
    await enqueueAll(store, brief, [1]);
    const taken = await store.take(asked('brief'), nowMs);
    assert.deepEqual([taken.present, numbersOf(taken)], [false, []], 'it ended with its connection');
  });

  it('are kept for ever when they are to be', async (t) => {
    const [{ store }] = await two(open, t);
    const expiryMs = Number.POSITIVE_INFINITY;
    await leave(store, await store.take(asked('c', { expiryMs }), nowMs), { expiryMs });
    assert.deepEqual(await store.expire(nowMs * 1_000, 10), []);
    assert.equal((await store.take(asked('c'), nowMs * 1_000)).present, true);
  });

  it('of an old epoch change nothing', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const old = refOf(await store.take(asked('c'), nowMs));
    const now = await other.take(asked('c'), nowMs);
    await other.subscribe(now, [aSubscription('a')]);
    await enqueueAll(other, now, [1, 2]);
    await other.arrive(now, anArrival(1));
    const answers = await Promise.all([
      store.subscribe(old, [aSubscription('b')]),
      store.unsubscribe(old, ['a']),
      store.enqueue(old, aMessage(3)),
      store.enqueue(old, aMessage(2, { body: bytes('another') })),
      store.release(old, 1),
      store.remove(old, 1),
      store.arrive(old, anArrival(2)),
      store.complete(old, 1),
      store.leave(old, { atMs: nowMs, expiryMs: 0, sentNumber: 1, willDueAtMs: undefined }),
      store.forgetWill(old),
      store.end(old),
    ]);
    assert.deepEqual(answers, Array(11).fill('lost'));
    assert.deepEqual(await missing(other, [now]), []);
    const found = await other.take(asked('c'), nowMs);
    assert.equal(found.present, true);
    assert.deepEqual(found.subscriptions, [aSubscription('a')]);
    assert.deepEqual(
      found.waiting.map(({ number, body, released }) => [number, Buffer.from(body).toString(), released]),
      [
        [1, 'message 1', false],
        [2, 'message 2', false],
      ],
    );
    assert.deepEqual(found.arrivals, [{ ...anArrival(1), passedOn: false }]);
  });

  it('may have any name and any filter, and many are taken at once', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const names = [
      '',
      ' ',
      'дана',
      '\u{1F469}',
      "'; --",
      '{"a"}',
      'NULL',
      '\\',
      'x'.repeat(256),
      '\u0001',
      ...numbered,
    ];
    const taken = await Promise.all(names.map((name) => store.take(asked(name), nowMs)));
    await Promise.all(taken.map((one) => store.subscribe(one, [aSubscription(`${one.clientId}/#`)])));
    const again = await Promise.all(names.map((name) => other.take(asked(name), nowMs)));
    assert.deepEqual(
      again.map(({ present, subscriptions }) => [present, subscriptions[0]?.filter]),
      names.map((name) => [true, `${name}/#`]),
    );
  });

  it('are one for those who take them at the same time', async (t) => {
    const [{ store }, { store: other }] = await two(open, t);
    const all = await Promise.all([store, other, store, other].map((one) => one.take(asked('c'), nowMs)));
    const epochs = all.map(({ epoch }) => epoch);
    assert.equal(new Set(epochs).size, 4);
    assert.equal(all.filter(({ present }) => !present).length, 1, 'one was the first');
    const last = all.find(({ epoch }) => epoch === Math.max(...epochs));
    assert.ok(last !== undefined);
    const answers = await Promise.all(all.map((one, index) => (index % 2 === 0 ? store : other).subscribe(one, [])));
    assert.equal(answers.filter((answer) => answer === 'written').length, 1);
    assert.equal(answers[all.indexOf(last)], 'written');
  });
};

const numbered = Array.from({ length: 300 }, (_, index) => `node-${index}`);

const two = async (open: OpenSessionServers, t: Parameters<OpenSessionServers>[0]) => {
  const openOne = await open(t);
  return [await openOne(), await openOne()] as const;
};
