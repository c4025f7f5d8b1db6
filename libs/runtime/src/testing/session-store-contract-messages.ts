/** Contract tests of session stores: subscriptions, messages on their way, and those that arrive. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  aMessage,
  anArrival,
  aSubscription,
  asked,
  enqueueAll,
  leave,
  nowMs,
  numbersOf,
  type OpenSessionServers,
  refOf,
} from './session-store-contract-kit.ts';

export const messagesInSessions = (open: OpenSessionServers): void => {
  it('have the bytes that were put in', async (t) => {
    const { store } = await (await open(t))();
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const bodies = [new Uint8Array(), every, new Uint8Array(1_000_000).fill(0x5c), Buffer.from('\\x00\0')];
    const session = await store.take(asked('c'), nowMs);
    await Promise.all(bodies.map((body, index) => store.enqueue(session, aMessage(index + 1, { body }))));
    const { waiting } = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      waiting.map(({ body }) => Buffer.compare(body, bodies.shift() ?? every)),
      [0, 0, 0, 0],
    );
  });

  it('wait in the order of their numbers until they are removed', async (t) => {
    const { store } = await (await open(t))();
    const first = await store.take(asked('c'), nowMs);
    const numbers = [1, 2, 9, 10, 11, 100];
    await enqueueAll(store, first, numbers);
    const second = await store.take(asked('c'), nowMs);
    assert.deepEqual(numbersOf(second), numbers);
    assert.deepEqual(await Promise.all([2, 10, 55].map((number) => store.remove(second, number))), written(3));
    assert.deepEqual(numbersOf(await store.take(asked('c'), nowMs)), [1, 9, 11, 100]);
  });

  it('that are removed at once never wait, and both calls settle', async (t) => {
    const { store } = await (await open(t))();
    const first = await store.take(asked('c'), nowMs);
    const calls = [1, 2, 3].flatMap((number) => [
      store.enqueue(first, aMessage(number, { qos: 2 })),
      store.release(first, number),
      ...(number === 2 ? [] : [store.remove(first, number)]),
    ]);
    assert.deepEqual(await Promise.all(calls), written(8));
    const second = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      second.waiting.map(({ number, released }) => [number, released]),
      [[2, true]],
    );
  });

  it('may take a number again that is free', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    await enqueueAll(store, session, [1]);
    const calls = [store.remove(session, 1), store.enqueue(session, aMessage(1, { qos: 2 }))];
    assert.deepEqual(await Promise.all(calls), written(2));
    assert.deepEqual(
      (await store.take(asked('c'), nowMs)).waiting.map(({ number, qos }) => [number, qos]),
      [[1, 2]],
    );
  });

  it('of one session are nobody else\u2019s', async (t) => {
    const { store } = await (await open(t))();
    const [one, other] = [await store.take(asked('one'), nowMs), await store.take(asked('other'), nowMs)];
    await Promise.all([enqueueAll(store, one, [1, 2]), enqueueAll(store, other, [1, 2, 3])]);
    await Promise.all([store.remove(one, 1), store.remove(other, 2)]);
    assert.deepEqual(numbersOf(await store.take(asked('one'), nowMs)), [2]);
    assert.deepEqual(numbersOf(await store.take(asked('other'), nowMs)), [1, 3]);
  });

  it('were sent up to the number that is known, and all when nobody knows', async (t) => {
    const openOne = await open(t);
    const [{ store, kill }, { store: other }] = [await openOne(), await openOne()];
    const sentIn = async (clientId: string) =>
      (await other.take(asked(clientId), nowMs)).waiting.map(({ sent }) => sent);
    const left = await store.take(asked('left'), nowMs);
    await enqueueAll(store, left, [1, 2, 3]);
    await leave(store, left, { sentNumber: 2 });
    await enqueueAll(store, left, [4]);
    assert.deepEqual(await sentIn('left'), [true, true, false, false]);
    await enqueueAll(store, await store.take(asked('never sent'), nowMs), [1]);
    await leave(store, await store.take(asked('never sent'), nowMs), { sentNumber: 0 });
    assert.deepEqual(await sentIn('never sent'), [false]);
    assert.deepEqual(await sentIn('never sent'), [true], 'it was connected since');
    await enqueueAll(store, await store.take(asked('crashed'), nowMs), [1, 2]);
    await kill();
    const adopted = (await other.adopt(nowMs, 0)).sessions.find(({ clientId }) => clientId === 'crashed');
    assert.ok(adopted !== undefined);
    await enqueueAll(other, adopted, [3]);
    assert.deepEqual(await sentIn('crashed'), [true, true, false]);
  });

  it('are subscribed to in place of the same filter, until unsubscribed', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    const changed = {
      filter: 'a',
      options: { qos: 2, noLocal: true, retainAsPublished: false, subscriptionId: 268_435_455 },
    } as const;
    await Promise.all([
      store.subscribe(session, [aSubscription('a', 1), aSubscription('b')]),
      store.subscribe(session, [changed, aSubscription('c')]),
      store.unsubscribe(session, ['b', 'unknown']),
    ]);
    const { subscriptions } = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      subscriptions.toSorted((a, b) => (a.filter < b.filter ? -1 : 1)),
      [changed, aSubscription('c')],
    );
  });

  it('that the client subscribes to twice in one packet are subscribed to as it said last', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    assert.equal(await store.subscribe(session, [aSubscription('a', 1), aSubscription('a', 2)]), 'written');
    assert.deepEqual((await store.take(asked('c'), nowMs)).subscriptions, [aSubscription('a', 2)]);
  });

  it('arrive once, until they are complete', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    const again = { ...anArrival(2), eventId: 'another' };
    const calls = [
      ...[1, 2, 3].map((packetId) => store.arrive(session, anArrival(packetId))),
      store.complete(session, 1),
      store.complete(session, 2),
      store.arrive(session, again),
      store.complete(session, 99),
    ];
    assert.deepEqual(await Promise.all(calls), written(7));
    const { arrivals } = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      arrivals.toSorted((a, b) => a.packetId - b.packetId),
      [again, anArrival(3)].map((arrival) => ({ ...arrival, passedOn: false })),
    );
  });

  it('arrive and are passed on', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    const [one, other] = [await store.take(asked('one'), nowMs), await store.take(asked('other'), nowMs)];
    assert.equal(await store.arrive(session, anArrival(1)), 'written');
    const handovers = [one, other].map((to, index) => ({ session: to, message: aMessage(index + 1, { qos: 2 }) }));
    const calls = [store.enqueue(other, aMessage(1)), store.passOn(session, anArrival(1), handovers)] as const;
    assert.deepEqual(await Promise.all(calls), ['written', written(2)]);
    assert.deepEqual(await store.passOn(session, anArrival(2), []), []);
    const { arrivals } = await store.take(asked('c'), nowMs);
    assert.deepEqual(
      arrivals.toSorted((a, b) => a.packetId - b.packetId),
      [1, 2].map((packetId) => ({ ...anArrival(packetId), passedOn: true })),
    );
    assert.deepEqual(numbersOf(await store.take(asked('one'), nowMs)), [1]);
    const waiting = (await store.take(asked('other'), nowMs)).waiting.map(({ number, qos }) => [number, qos]);
    assert.deepEqual(waiting, [
      [1, 1],
      [2, 2],
    ]);
  });

  it('are passed on to nobody when their publisher has gone to another server, and to all others when a subscriber has', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const publisher = await store.take(asked('publisher'), nowMs);
    await store.arrive(publisher, anArrival(1));
    const [gone, here] = [await store.take(asked('gone'), nowMs), await store.take(asked('here'), nowMs)];
    await other.take(asked('gone'), nowMs);
    const handovers = [gone, here].map((session) => ({ session, message: aMessage(1, { qos: 2 }) }));
    assert.deepEqual(await store.passOn(publisher, anArrival(1), handovers), ['lost', 'written']);
    const moved = await other.take(asked('publisher'), nowMs);
    assert.deepEqual(moved.arrivals, [{ ...anArrival(1), passedOn: true }]);
    const more = [{ session: here, message: aMessage(2, { qos: 2 }) }];
    assert.equal(await store.passOn(publisher, anArrival(2), more), 'lost');
    assert.deepEqual(numbersOf(await store.take(asked('here'), nowMs)), [1]);
    assert.deepEqual(numbersOf(await store.take(asked('gone'), nowMs)), []);
    assert.equal((await other.take(asked('publisher'), nowMs)).arrivals.length, 1);
  });

  it('are passed on before their publisher is taken by another server, or never', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    for (const first of ['pass on', 'take'] as const) {
      const [publisher, subscriber] = [await store.take(asked(first), nowMs), await store.take(asked('s'), nowMs)];
      const handovers = [{ session: subscriber, message: aMessage(1, { qos: 2 }) }];
      const taking = first === 'take' ? other.take(asked(first), nowMs) : undefined;
      const passing = store.passOn(publisher, anArrival(1), handovers);
      const [answer, taken] = await Promise.all([passing, taking ?? other.take(asked(first), nowMs)]);
      const isPassedOn = answer !== 'lost';
      assert.deepEqual(taken.arrivals, isPassedOn ? [{ ...anArrival(1), passedOn: true }] : [], first);
      const found = await store.take(asked('s'), nowMs);
      assert.deepEqual(numbersOf(found), isPassedOn ? [1] : [], first);
      await store.remove(found, 1);
    }
  });

  it('that are in flight while another server takes are found by it, or are lost', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    for (const first of ['enqueue', 'take'] as const) {
      const session = refOf(await store.take(asked(first), nowMs));
      const taking = first === 'take' ? other.take(asked(first), nowMs) : undefined;
      const enqueuing = enqueueAll(store, session, [1, 2, 3]);
      const [answers, taken] = await Promise.all([enqueuing, taking ?? other.take(asked(first), nowMs)]);
      const kept = [1, 2, 3].filter((_, index) => answers[index] === 'written');
      assert.deepEqual(numbersOf(taken), kept, first);
      assert.deepEqual(numbersOf(await other.take(asked(first), nowMs)), kept, first);
    }
  });
};

const written = (count: number): readonly 'written'[] => Array(count).fill('written');
