/** Contract tests of session stores: what servers hear of each other. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asked, leave, missing, newsOf, nowMs, type OpenSessionServers, refOf } from './session-store-contract-kit.ts';

export const serversOfSessions = (open: OpenSessionServers): void => {
  it('have owners of their own', async (t) => {
    const openOne = await open(t);
    const owners = [await openOne(), await openOne(), await openOne()].map(({ store }) => store.owner);
    assert.equal(new Set(owners).size, 3);
  });

  it('hear that another has taken a session of theirs', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const [news, ownNews] = [newsOf(store), newsOf(other)];
    const session = refOf(await store.take(asked('c'), nowMs));
    const away = refOf(await store.take(asked('away'), nowMs));
    await leave(store, away, {});
    await other.take(asked('c'), nowMs);
    await other.take(asked('away', { clean: true }), nowMs);
    for (const lost of [session, away]) await news.next(isLoss(lost.epoch));
    await store.take(asked('c'), nowMs);
    await ownNews.next((one) => one.news === 'lost');
    const losses = ownNews.heard.filter((one) => one.news === 'lost').map(({ session: { clientId } }) => clientId);
    assert.deepEqual(losses, ['c'], 'what it did itself is no news');
  });

  it('hear that another has ended a session of theirs', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const news = newsOf(store);
    const session = refOf(await store.take(asked('c'), nowMs));
    await leave(store, session, { expiryMs: 1 });
    assert.deepEqual(await other.expire(nowMs + 1, 10), [session]);
    assert.deepEqual(await news.next(isLoss(session.epoch)), { news: 'lost', session });
  });

  it('hear nothing any more once they listen no longer', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    let heard = 0;
    const stop = store.onNews((news) => {
      if (news.news === 'lost') heard += 1;
    });
    stop();
    const news = newsOf(store);
    const session = await store.take(asked('c'), nowMs);
    await other.take(asked('c'), nowMs);
    await news.next(isLoss(session.epoch));
    assert.equal(heard, 0);
  });

  it('are answered which sessions they do not have any more', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const refs = [];
    for (const name of ['kept', 'taken', 'again', 'ended']) refs.push(refOf(await store.take(asked(name), nowMs)));
    const [kept, taken, again, ended] = refs;
    assert.ok(kept && taken && again && ended);
    await other.take(asked('taken'), nowMs);
    await store.take(asked('again'), nowMs);
    await store.end(ended);
    const unknown = { clientId: 'unknown', epoch: kept.epoch };
    const lost = await missing(store, [kept, taken, again, ended, unknown]);
    assert.deepEqual(lost.toSorted(byName), [taken, again, ended, unknown].toSorted(byName));
    assert.deepEqual(await missing(store, []), []);
    assert.deepEqual(await missing(other, [kept]), [kept], 'it is another one\u2019s');
  });
};

const isLoss = (epoch: number) => (news: { readonly news: string; readonly session?: { readonly epoch: number } }) =>
  news.news === 'lost' && news.session?.epoch === epoch;

const byName = (a: { readonly clientId: string }, b: { readonly clientId: string }): number =>
  a.clientId < b.clientId ? -1 : 1;
