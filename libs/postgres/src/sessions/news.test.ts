import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Ask } from './ask.ts';
import { newsIn, type SentNews, sendNews } from './news.ts';

/** The payloads, out of the array that is sent to PostgreSQL. */
const payloadsOf = async (news: SentNews): Promise<readonly string[]> => {
  const payloads: string[] = [];
  const ask: Ask = async (_, [, texts]) => {
    const bytes = texts as Buffer; // As `column` makes it.
    for (let at = 20; at < bytes.length; ) {
      const end = at + 4 + bytes.readInt32BE(at);
      payloads.push(bytes.toString('utf8', at + 4, end));
      at = end;
    }
    return [];
  };
  await sendNews(ask, 'me', news);
  return payloads;
};

it('news go in as few payloads as PostgreSQL takes, and reach those whose they are', async () => {
  const lost = Array.from({ length: 1_000 }, (_, index) => ({
    owner: index % 2 === 0 ? 'you' : 'another',
    session: { clientId: `"дана"-${index}`.repeat(5), epoch: index },
  }));
  const payloads = await payloadsOf({ lost, topics: ['a', 'b'] });
  assert.ok(payloads.every((payload) => Buffer.byteLength(payload) < 8_000));
  assert.ok(payloads.length < 20, `${payloads.length} payloads`);
  const heard = payloads.map((payload) => newsIn(payload, 'you'));
  assert.deepEqual(
    heard.flatMap((one) => one.lost),
    lost.filter(({ owner }) => owner === 'you').map(({ session }) => ({ news: 'lost', session })),
  );
  assert.deepEqual(
    heard.flatMap((one) => one.topics),
    ['a', 'b'],
  );
  assert.ok(
    payloads.every((payload) => newsIn(payload, 'me').topics.length === 0),
    'not its own',
  );
});

it('a topic that goes into no payload is a gap', async () => {
  const payloads = await payloadsOf({ lost: [], topics: ['a', '\u0001'.repeat(1_400), 'b'] });
  const heard = payloads.map((payload) => newsIn(payload, 'you'));
  assert.equal(heard.filter(({ gap }) => gap).length, 1);
  assert.deepEqual(heard.flatMap(({ topics }) => topics).toSorted(), ['a', 'b']);
});

it('what is one\u2019s own is no news', async () => {
  assert.deepEqual(await payloadsOf({ lost: [{ owner: 'me', session: { clientId: 'c', epoch: 1 } }], topics: [] }), []);
});
