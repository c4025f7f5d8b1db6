import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TransientFailure } from '../errors.ts';
import { memorySessions } from './memory-session-store.ts';
import { sessionStoreContract } from './session-store-contract.ts';
import { aMessage, asked, newsOf, nowMs, numbersOf } from './session-store-contract-kit.ts';

sessionStoreContract('memory', async () => {
  const place = memorySessions();
  return async () => {
    const store = place.open();
    return { store, kill: async () => place.kill(store.owner) };
  };
});

it('out of reach, writes wait and questions are refused; a gap is the first news afterwards', async () => {
  const place = memorySessions();
  const [store, other] = [place.open('one'), place.open('other')];
  const news = newsOf(store);
  const session = await store.take(asked('c'), nowMs);
  place.cut('one');
  let settled = false;
  const writing = store.enqueue(session, aMessage(1)).finally(() => {
    settled = true;
  });
  for (const question of [store.take(asked('c'), nowMs), store.check([session]), store.retained()])
    await assert.rejects(question, TransientFailure);
  assert.deepEqual(await Promise.all([store.enqueue(session, aMessage(2)), store.remove(session, 2)]), [
    'written',
    'written',
  ]);
  assert.equal(settled, false);
  place.heal('one');
  assert.equal(await writing, 'written');
  assert.deepEqual(news.heard, [{ news: 'gap' }]);
  assert.deepEqual(numbersOf(await other.take(asked('c'), nowMs)), [1]);
});

it('what a killed server had asked for and was not answered is never done', async () => {
  const place = memorySessions();
  const [store, other] = [place.open('one'), place.open('other')];
  const session = await store.take(asked('c'), nowMs);
  void store.enqueue(session, aMessage(1));
  place.kill('one');
  assert.deepEqual(
    await other.adopt(nowMs, 0).then(({ sessions }) => sessions.map(({ lastNumber }) => lastNumber)),
    [0],
  );
  assert.throws(() => place.open('other'), /somebody's already/);
});
