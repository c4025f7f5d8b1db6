/** Contract tests of session stores: leaving, wills, and how sessions end. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  aSubscription,
  asked,
  aWill,
  enqueueAll,
  hourMs,
  leave,
  missing,
  nowMs,
  numbersOf,
  type OpenSessionServers,
  refOf,
  text,
} from './session-store-contract-kit.ts';

export const sessionsThatEnd = (open: OpenSessionServers): void => {
  it('stay with their server when the client leaves, and are still written to', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c'), nowMs);
    assert.equal(await leave(store, session, {}), 'written');
    assert.deepEqual(await missing(store, [session]), []);
    assert.deepEqual(await enqueueAll(store, session, [1, 2]), ['written', 'written']);
    assert.deepEqual(numbersOf(await store.take(asked('c'), nowMs)), [1, 2]);
  });

  it('end with a leave whose expiry is 0, and when they are ended', async (t) => {
    const { store } = await (await open(t))();
    for (const how of ['leave', 'end'] as const) {
      const session = await store.take(asked(how), nowMs);
      await enqueueAll(store, session, [1]);
      const answer = how === 'end' ? store.end(session) : leave(store, session, { expiryMs: 0 });
      assert.equal(await answer, 'written');
      assert.deepEqual(await enqueueAll(store, session, [2]), ['lost']);
      assert.deepEqual(await missing(store, [session]), [refOf(session)]);
      const again = await store.take(asked(how), nowMs);
      assert.deepEqual([again.present, numbersOf(again)], [false, []]);
      assert.ok(again.epoch > session.epoch, 'an epoch is never given twice');
      assert.deepEqual(await enqueueAll(store, session, [3]), ['lost']);
    }
  });

  it('that a clean one ends while their client is away give their will to who takes it', async (t) => {
    const { store } = await (await open(t))();
    const willAfter = async (clean: boolean, isAway: boolean): Promise<string | undefined> => {
      const session = await store.take(asked('c', { clean: true, will: aWill(60_000) }), nowMs);
      if (isAway) await leave(store, session, { willDueAtMs: nowMs + 60_000 });
      const { endedWill } = await store.take(asked('c', { clean }), nowMs);
      return endedWill && text(endedWill);
    };
    assert.equal(await willAfter(true, true), 'last will');
    assert.equal(await willAfter(false, true), undefined, 'it goes on');
    assert.equal(await willAfter(true, false), undefined, 'its server knows what becomes of it');
    const gone = await store.take(asked('c', { will: aWill() }), nowMs);
    await leave(store, gone, { willDueAtMs: undefined });
    assert.equal((await store.take(asked('c', { clean: true }), nowMs)).endedWill, undefined, 'it was given up');
  });

  it('that only wait for their will have nothing else, and end with it', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c', { will: aWill() }), nowMs);
    await enqueueAll(store, session, [1]);
    await leave(store, session, { expiryMs: 0, willDueAtMs: nowMs + 10 });
    assert.deepEqual(await store.expire(nowMs + hourMs, 10), [], 'the will is still to be published');
    assert.deepEqual(await missing(store, [session]), []);
    assert.equal(await store.forgetWill(session), 'written');
    assert.equal(await store.forgetWill(session), 'lost');
    await leave(store, await store.take(asked('c', { will: aWill() }), nowMs), {
      expiryMs: 0,
      willDueAtMs: nowMs + 10,
    });
    const back = await store.take(asked('c'), nowMs);
    assert.deepEqual([back.present, numbersOf(back)], [false, []]);
  });

  it('go on without their will once it was published', async (t) => {
    const { store } = await (await open(t))();
    const session = await store.take(asked('c', { will: aWill() }), nowMs);
    await enqueueAll(store, session, [1]);
    await leave(store, session, { willDueAtMs: nowMs + 10 });
    assert.deepEqual(await store.expire(nowMs + hourMs, 10), [], 'the will is still to be published');
    assert.equal(await store.forgetWill(session), 'written');
    assert.deepEqual(await store.expire(nowMs + hourMs - 1, 10), []);
    assert.deepEqual(await store.expire(nowMs + hourMs, 10), [refOf(session)]);
    assert.equal(await store.forgetWill(session), 'lost');
  });

  it('end when they are away and their time is over, and not before', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const session = await store.take(asked('c'), nowMs);
    const connected = await store.take(asked('connected', { expiryMs: 1 }), nowMs);
    await store.subscribe(session, [aSubscription('a')]);
    await enqueueAll(store, session, [1]);
    await leave(store, session, { expiryMs: 1_000 });
    assert.deepEqual(await other.expire(nowMs + 999, 10), []);
    assert.deepEqual(await other.expire(nowMs + 1_000, 10), [refOf(session)], 'also of another server');
    assert.deepEqual(await other.expire(nowMs + 1_000, 10), []);
    assert.deepEqual(await missing(store, [session, connected]), [refOf(session)]);
    assert.deepEqual(await enqueueAll(store, session, [2]), ['lost']);
    const again = await store.take(asked('c'), nowMs);
    assert.deepEqual([again.present, again.subscriptions, numbersOf(again)], [false, [], []]);
  });

  it('end beyond so many, those first that are away the longest', async (t) => {
    const { store } = await (await open(t))();
    const left = async (clientId: string, atMs: number, willDueAtMs?: number) => {
      const session = await store.take(asked(clientId, { will: aWill() }), nowMs);
      await leave(store, session, { atMs, expiryMs: Number.POSITIVE_INFINITY, willDueAtMs });
      return refOf(session);
    };
    const [third, first, second] = [await left('b', nowMs + 3), await left('c', nowMs + 1), await left('a', nowMs + 2)];
    const withWill = await left('will', nowMs, nowMs + hourMs);
    const connected = await store.take(asked('connected'), nowMs);
    assert.deepEqual(await store.expire(nowMs + 10, 3), []);
    assert.deepEqual(await store.expire(nowMs + 10, 2), [first]);
    assert.deepEqual(
      (await store.expire(nowMs + 10, 0)).toSorted((a, b) => b.epoch - a.epoch),
      [second, third],
    );
    assert.deepEqual(await missing(store, [connected, withWill]), []);
  });
};
