/** Contract tests of session stores: retained messages. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SessionNews, SessionStore } from '../sessions/session-store.ts';
import { bytes, newsOf, nowMs, type OpenSessionServers, text } from './session-store-contract-kit.ts';

export const retainedMessages = (open: OpenSessionServers): void => {
  it('are the last of each topic, until they are removed', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    assert.deepEqual(await other.retained(), []);
    await Promise.all([
      store.retain('a', { body: bytes('one'), expiresAtMs: undefined }),
      store.retain('b', { body: bytes('two'), expiresAtMs: nowMs + 5 }),
      store.retain('a', { body: bytes('three'), expiresAtMs: undefined }),
      store.retain('c', { body: bytes('four'), expiresAtMs: undefined }),
      store.retain('c', undefined),
      store.retain('unknown', undefined),
    ]);
    for (const one of [store, other]) {
      assert.deepEqual(await plain(one), [
        ['a', 'three', undefined],
        ['b', 'two', nowMs + 5],
      ]);
    }
    await other.retain('a', undefined);
    await other.retain('b', { body: bytes('five'), expiresAtMs: undefined });
    assert.deepEqual(await plain(store), [['b', 'five', undefined]]);
  });

  it('are gone some time after they have expired', async (t) => {
    const { store } = await (await open(t))();
    for (const [topic, expiresAtMs] of [
      ['soon', nowMs + 5],
      ['later', nowMs + 6],
      ['never', undefined],
    ] as const)
      await store.retain(topic, { body: bytes(topic), expiresAtMs });
    await store.expire(nowMs + 5, 10);
    assert.deepEqual(
      (await plain(store)).map(([topic]) => topic),
      ['later', 'never'],
    );
  });

  it('have the bytes and the topics that were put in', async (t) => {
    const { store } = await (await open(t))();
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const topics = ['', '/', 'it\'s {a}, "b"\\', 'дана', `long/${'x'.repeat(65_000)}`];
    await Promise.all(topics.map((topic) => store.retain(topic, { body: every, expiresAtMs: undefined })));
    await store.retain('large', { body: new Uint8Array(1_000_000).fill(7), expiresAtMs: undefined });
    const found = new Map((await store.retained()).map(({ topic, body }) => [topic, body]));
    for (const topic of topics) assert.deepEqual(Buffer.from(found.get(topic) ?? []), Buffer.from(every));
    assert.deepEqual(found.get('large')?.length, 1_000_000);
    assert.equal(found.size, topics.length + 1);
  });

  it('are news for the others', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const [news, ownNews] = [newsOf(other), newsOf(store)];
    await store.retain('a', { body: bytes('one'), expiresAtMs: nowMs + 5 });
    const heard = await news.next((one) => one.news === 'retained' && one.message !== undefined);
    assert.deepEqual(plainNews(heard), ['a', 'one', nowMs + 5]);
    await store.retain('a', undefined);
    await news.next((one) => one.news === 'retained' && one.topic === 'a' && one.message === undefined);
    await other.retain('b', { body: new Uint8Array(100_000).fill(65), expiresAtMs: undefined });
    const large = await ownNews.next((one) => one.news === 'retained' && one.topic === 'b');
    assert.deepEqual(plainNews(large), ['b', 'A'.repeat(100_000), undefined]);
    assert.deepEqual(
      ownNews.heard.filter((one) => one.news === 'retained' && one.topic === 'a'),
      [],
      'its own',
    );
  });

  it('whose topic is too long for news make a gap in it', async (t) => {
    const openOne = await open(t);
    const [{ store }, { store: other }] = [await openOne(), await openOne()];
    const news = newsOf(other);
    const topic = 'дана/'.repeat(7_000);
    await store.retain(topic, { body: bytes('one'), expiresAtMs: undefined });
    await news.next((one) => one.news === 'gap' || (one.news === 'retained' && one.topic === topic));
    await store.retain('a', { body: bytes('one'), expiresAtMs: undefined });
    await news.next((one) => one.news === 'retained' && one.topic === 'a');
  });
};

const plain = async (store: SessionStore) =>
  (await store.retained())
    .map(({ topic, body, expiresAtMs }) => [topic, text(body), expiresAtMs] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

const plainNews = (news: SessionNews | undefined) =>
  news?.news === 'retained' && [news.topic, news.message && text(news.message.body), news.message?.expiresAtMs];
