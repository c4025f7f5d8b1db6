/** Contract tests of session stores: sessions whose server is gone. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AdoptedSession } from '../sessions/session-store.ts';
import {
  aMessage,
  aSubscription,
  asked,
  aWill,
  bytes,
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

export const sessionsAdopted = (open: OpenSessionServers): void => {
  it('are those of servers that are gone, and of no others', async (t) => {
    const openOne = await open(t);
    const [gone, there, adopter] = [await openOne(), await openOne(), await openOne()];
    const old = await gone.store.take(asked('gone'), nowMs);
    const other = await there.store.take(asked('there'), nowMs);
    await adopter.store.take(asked('own'), nowMs);
    assert.deepEqual(await adopter.store.adopt(nowMs, 0), { sessions: [], ended: [] });
    await gone.kill();
    const { sessions: adopted } = await adopter.store.adopt(nowMs, 0);
    assert.deepEqual(
      adopted.map(({ clientId }) => clientId),
      ['gone'],
    );
    assert.ok((adopted[0]?.epoch ?? 0) > old.epoch);
    assert.deepEqual((await adopter.store.adopt(nowMs, 0)).sessions, [], 'its owner is here now');
    assert.deepEqual(await missing(there.store, [other]), []);
    assert.deepEqual(await missing(adopter.store, [old, ...adopted]), [refOf(old)]);
  });

  it('come with what a server has to know, and can be written to', async (t) => {
    const openOne = await open(t);
    const [gone, { store }] = [await openOne(), await openOne()];
    const session = await gone.store.take(asked('c', { will: aWill(5_000) }), nowMs);
    await gone.store.subscribe(session, [aSubscription('a', 3)]);
    await enqueueAll(gone.store, session, [1, 2, 7]);
    await gone.store.enqueue(session, aMessage(8, { body: bytes('12345') }));
    await gone.store.remove(session, 1);
    await gone.kill();
    const [adopted] = (await store.adopt(nowMs + 50, 1_000)).sessions;
    assert.ok(adopted?.will !== undefined);
    assert.equal(text(adopted.will.body), 'last will');
    assert.deepEqual(
      { ...adopted, epoch: 0, will: adopted.will.dueAtMs },
      {
        ...{ clientId: 'c', epoch: 0, subscriptions: [aSubscription('a', 3)] },
        ...{ lastNumber: 8, waitingMessages: 3, waitingBytes: 2 * 'message 2'.length + 5 },
        ...{ endsAtMs: nowMs + 50 + hourMs, will: nowMs + 5_050 },
      },
    );
    await enqueueAll(store, adopted, [9]);
    const taken = await store.take(asked('c'), nowMs);
    assert.deepEqual([taken.present, numbersOf(taken)], [true, [2, 7, 8, 9]]);
    assert.deepEqual(taken.subscriptions, [aSubscription('a', 3)]);
  });

  it('keep the time at which they end, and their will its own, when the client had left before', async (t) => {
    const openOne = await open(t);
    const [gone, { store }] = [await openOne(), await openOne()];
    const one = await gone.store.take(asked('one', { will: aWill(60_000) }), nowMs);
    await leave(gone.store, one, { atMs: nowMs + 5, willDueAtMs: nowMs + 60_005 });
    const other = await gone.store.take(asked('other', { will: aWill() }), nowMs);
    await leave(gone.store, other, { expiryMs: Number.POSITIVE_INFINITY });
    await gone.kill();
    const { sessions: adopted } = await store.adopt(nowMs + 50, 1_000_000);
    assert.deepEqual(timesOf(adopted), [
      ['one', nowMs + 5 + hourMs, nowMs + 60_005],
      ['other', Number.POSITIVE_INFINITY, undefined],
    ]);
  });

  it('have wills that are due when the session ends at the latest, and not before the grace is over', async (t) => {
    const openOne = await open(t);
    const [gone, { store }] = [await openOne(), await openOne()];
    const will = aWill(60_000);
    for (const expiryMs of [0, 10_000, 90_000]) await gone.store.take(asked(`${expiryMs}`, { expiryMs, will }), nowMs);
    await gone.store.take(asked('no delay', { expiryMs: 90_000, will: aWill() }), nowMs);
    await gone.kill();
    assert.deepEqual(timesOf((await store.adopt(nowMs, 5_000)).sessions), [
      ['0', nowMs, nowMs + 5_000],
      ['10000', nowMs + 10_000, nowMs + 10_000],
      ['90000', nowMs + 90_000, nowMs + 60_000],
      ['no delay', nowMs + 90_000, nowMs + 5_000],
    ]);
  });

  it('that ended with their connection are kept for their will alone, or not at all', async (t) => {
    const openOne = await open(t);
    const [gone, { store }] = [await openOne(), await openOne()];
    for (const will of [undefined, aWill()]) {
      const session = await gone.store.take(asked(will ? 'with' : 'without', { expiryMs: 0, will }), nowMs);
      await gone.store.subscribe(session, [aSubscription('a')]);
      await enqueueAll(gone.store, session, [1]);
    }
    await gone.kill();
    const { sessions, ended } = await store.adopt(nowMs, 5_000);
    const [adopted, ...more] = sessions;
    assert.deepEqual([more, ended], [[], ['without']]);
    assert.ok(adopted !== undefined);
    assert.deepEqual([adopted.clientId, adopted.subscriptions, adopted.waitingMessages], ['with', [], 0]);
    assert.deepEqual(await store.expire(nowMs + hourMs, 10), []);
    assert.equal(await store.forgetWill(adopted), 'written');
    assert.deepEqual(await missing(store, [adopted]), [refOf(adopted)]);
    assert.equal((await store.take(asked('with'), nowMs)).present, false);
    assert.equal((await store.take(asked('without'), nowMs)).present, false);
  });

  it('are shared without overlap between servers that adopt at once', async (t) => {
    const openOne = await open(t);
    const [gone, one, other] = [await openOne(), await openOne(), await openOne()];
    const names = Array.from({ length: 50 }, (_, index) => `node-${index}`);
    await Promise.all(names.map((name) => gone.store.take(asked(name), nowMs)));
    await gone.kill();
    const adopting = [one, other, one, other].map(({ store }) => store.adopt(nowMs, 0));
    const adopted = (await Promise.all(adopting)).flatMap(({ sessions }) => sessions).map(({ clientId }) => clientId);
    assert.deepEqual(adopted.toSorted(), names.toSorted());
  });

  it('are also those of a server that has closed, with all it was asked for', async (t) => {
    const openOne = await open(t);
    const [closed, { store }] = [await openOne(), await openOne()];
    const session = await closed.store.take(asked('c', { will: aWill() }), nowMs);
    const writing = enqueueAll(closed.store, session, [1, 2]);
    await closed.store.close();
    assert.deepEqual(await writing, ['written', 'written']);
    const [adopted] = (await store.adopt(nowMs, 1_000)).sessions;
    assert.deepEqual([adopted?.clientId, adopted?.lastNumber, adopted?.will?.dueAtMs], ['c', 2, nowMs + 1_000]);
  });
};

const timesOf = (adopted: readonly AdoptedSession[]) =>
  adopted
    .map(({ clientId, endsAtMs, will }) => [clientId, endsAtMs, will?.dueAtMs] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
