import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientFailure } from '../errors.ts';
import { manualTimer, silentLogger } from '../testing/index.ts';
import { authorizationCache, type RowAnswer } from './authorization-cache.ts';
import { type AuthorizationLimits, defaultAuthorizationLimits } from './authorization-limits.ts';

type Asked = {
  readonly ids: readonly string[];
  answer(rows: Readonly<Record<string, string>>): void;
  fail(error: Error): void;
};

const world = (limits: Partial<AuthorizationLimits> = {}) => {
  const timer = manualTimer();
  const asked: Asked[] = [];
  const read = (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, string>>();
    asked.push({ ids, answer: (rows) => resolve(new Map(Object.entries(rows))), fail: reject });
    return promise;
  };
  const cache = authorizationCache<string>({
    read,
    logger: silentLogger,
    timer,
    limits: { ...defaultAuthorizationLimits, ...limits },
  });
  const settle = () => timer.advance(0);
  /** Asks, and answers with this what the cache asks then. */
  const learn = async (id: string, row: string): Promise<void> => {
    const answer = cache.get(id);
    await settle();
    asked.shift()?.answer({ [id]: row });
    await answer;
  };
  return { timer, asked, cache, settle, learn };
};

const row = (text: string | undefined): RowAnswer<string> => ({ outcome: 'answered', row: text });
const away: RowAnswer<string> = { outcome: 'away' };

describe('what a cache answers', () => {
  it('is asked for once, together with what others ask, and then known at once', async () => {
    const { cache, asked, settle } = world();
    const answer = ['a', 'b', 'a'].map(async (id) => cache.get(id));
    await settle();
    assert.deepEqual(
      asked.map(({ ids }) => ids),
      [['a', 'b']],
    );
    asked[0]?.answer({ a: '1' });
    assert.deepEqual(await Promise.all(answer), [row('1'), row(undefined), row('1')]);
    assert.deepEqual([cache.get('a'), cache.get('b')], [row('1'), row(undefined)]);
    assert.equal(asked.length, 1);
  });

  it('is never older than half a second, and asked for ahead for a caller that keeps coming', async () => {
    const { cache, asked, settle, learn, timer } = world();
    await learn('a', '1');
    await timer.advance(249);
    assert.deepEqual(cache.get('a'), row('1'));
    await settle();
    assert.equal(asked.length, 0);
    await timer.advance(1);
    assert.deepEqual(cache.get('a'), row('1'), 'at once, and asked for ahead');
    await settle();
    asked.shift()?.answer({ a: '2' });
    await settle();
    assert.deepEqual(cache.get('a'), row('2'));
    await timer.advance(500);
    const late = cache.get('a');
    assert.ok(late instanceof Promise, 'too old to be believed');
    await settle();
    asked.shift()?.answer({});
    assert.deepEqual(await late, row(undefined));
  });

  it('counts from before it was asked for', async () => {
    const { cache, asked, settle, timer } = world();
    const answer = cache.get('a');
    await timer.advance(400);
    asked.shift()?.answer({ a: '1' });
    assert.deepEqual(await answer, row('1'));
    await timer.advance(100);
    assert.ok(cache.get('a') instanceof Promise);
    await settle();
    asked.shift()?.answer({ a: '1' });
  });

  it('is forgotten when it changes, also while it is being asked for', async () => {
    const { cache, asked, settle, learn } = world();
    await learn('a', '1');
    await learn('b', '1');
    const before = cache.get('c');
    await settle();
    cache.forget((known) => known === '1');
    const after = cache.get('c');
    asked.shift()?.answer({ c: 'old' });
    assert.deepEqual(await before, row('old'), 'a caller from before may get this');
    await settle();
    assert.deepEqual(asked[0]?.ids, ['c']);
    const again = cache.get('a');
    asked.shift()?.answer({ c: 'new' });
    assert.deepEqual(await after, row('new'), 'nobody after is');
    await settle();
    asked.shift()?.answer({ a: '2' });
    assert.deepEqual(await again, row('2'));
  });

  it('goes on for five seconds while nobody answers, and is then unavailable', async () => {
    const { cache, asked, learn, timer, settle } = world();
    await learn('a', '1');
    await timer.advance(600);
    const waited = cache.get('a');
    await timer.advance(1_000);
    assert.deepEqual(await waited, row('1'), 'given up after a second');
    assert.deepEqual(cache.get('a'), row('1'), 'from then on nobody waits');
    assert.deepEqual(cache.get('stranger'), away);
    assert.equal(cache.counters.failingForMs() >= 0, true);
    await timer.advance(3_399);
    assert.deepEqual(await cache.get('a'), row('1'));
    await timer.advance(1_001);
    assert.deepEqual(await cache.get('a'), away);
    await timer.advance(1_100);
    const back = cache.get('a');
    await settle();
    asked.at(-1)?.answer({ a: '3' });
    assert.deepEqual(await back, row('3'));
    assert.equal(cache.counters.failingForMs(), 0);
  });

  it('that was changed is not believed while nobody answers', async () => {
    const { cache, asked, learn, settle } = world();
    await learn('a', '1');
    cache.forget((known) => known === '1');
    const answer = cache.get('a');
    await settle();
    asked.shift()?.fail(new TransientFailure('57P01', 'gone'));
    assert.deepEqual(await answer, away);
  });

  it('is nothing when asking goes wrong in a way that nobody thought of', async () => {
    const { cache, asked, settle } = world();
    const answer = cache.get('a');
    await settle();
    asked.shift()?.fail(new TypeError('not a function'));
    assert.deepEqual(await answer, away);
  });

  it('is not believed for longer because too many ask at once', async () => {
    const { cache, asked, learn, settle, timer } = world({ waitingMax: 2 });
    await learn('a', '1');
    await timer.advance(500);
    const strangers = ['x', 'y'].map(async (id) => cache.get(id));
    const answer = cache.get('a');
    assert.deepEqual(await answer, away);
    await settle();
    asked.shift()?.answer({});
    await Promise.all(strangers);
  });

  it('takes no more space and asks no more questions than it may, whatever strangers invent', async () => {
    const { cache, asked, learn, settle, timer } = world({ waitingMax: 50, batchMax: 20, strangersMax: 30 });
    await learn('a', '1');
    const answer = Array.from({ length: 1_000 }, async (_, index) => cache.get(`x${index}`));
    for (let answered = 0; answered < 10; answered += 1) {
      await settle();
      assert.ok(asked.length <= 1, 'one question at a time');
      asked.shift()?.answer({});
    }
    const answers = await Promise.all(answer);
    assert.equal(answers.filter(({ outcome }) => outcome === 'answered').length, 50);
    assert.equal(answers.filter(({ outcome }) => outcome === 'away').length, 950);
    assert.ok(cache.counters.remembered() <= 31);
    assert.deepEqual(cache.get('a'), row('1'), 'who is known is known');
    await timer.advance(0);
  });
});
