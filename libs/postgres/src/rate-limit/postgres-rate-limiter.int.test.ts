import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { giveBack, grantRequests, type RateBucket, TransientFailure, windowAt } from '@plenum/runtime';
import { manualTimer, rateLimiterContract, silentLogger } from '@plenum/runtime/testing';
import fc from 'fast-check';
import { cutProxy } from '../log/testing/cut-proxy.ts';
import { openPool, query } from '../pool.ts';
import { testDatabase } from '../testing/index.ts';
import { type PostgresRateLimiterParts, postgresRateLimiter } from './postgres-rate-limiter.ts';
import { rateQuestions } from './rate-questions.ts';

const startS = 1_790_000_000;

rateLimiterContract('Postgres', async (t, timer) => {
  const { url } = await testDatabase(t);
  const nowS = (): number => startS + timer.nowMs() / 1000;
  return async () => {
    const { limiter, close } = await openOne(url, { timer, nowS });
    return { limiter, close };
  };
});

it('far from the limit hardly a request asks', async (t) => {
  const { url } = await testDatabase(t);
  const limiter = await open(t, url);
  let waited = 0;
  for (let request = 0; request < 5_000; request += 1) {
    const taken = limiter.take('busy', 100_000);
    if (taken instanceof Promise) waited += 1;
    assert.equal((await taken).allowed, true);
    // As requests do, they come in turns of the event loop, in which answers of the database can come in too.
    if (request % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const { asked, answeredHere } = limiter.counters();
  assert.ok(asked < 250, `${asked} questions for 5000 requests`);
  assert.equal(answeredHere + waited, 5_000);
});

it('near the limit every request asks', async (t) => {
  const { url } = await testDatabase(t);
  const limiter = await open(t, url);
  for (let request = 0; request < 20; request += 1) await limiter.take('k', 20);
  assert.deepEqual(limiter.counters(), { asked: 20, answeredHere: 0 });
});

it('a flood of refused requests does not become one of questions', async (t) => {
  const { url } = await testDatabase(t);
  const timer = manualTimer();
  const limiter = await open(t, url, { timer, nowS: () => startS + timer.nowMs() / 1000 });
  for (let request = 0; request < 1_000; request += 1) await limiter.take('k', 5);
  assert.equal(limiter.counters().asked, 6);
});

it('what was taken in advance and not needed is given back when its time is over', async (t) => {
  const { url, pool } = await testDatabase(t);
  const timer = manualTimer();
  const limiter = await open(t, url, { timer, nowS: () => startS + timer.nowMs() / 1000 });
  for (let request = 0; request < 20; request += 1) await limiter.take('k', 1_000);
  const counted = async (): Promise<number> => {
    const [row] = await query<{ sum: number }>(pool, 'select sum(requests)::int from plenum_access.rate_limits');
    return row?.sum ?? 0;
  };
  assert.ok((await counted()) > 20, 'nothing was taken in advance');
  await timer.advance(4_000);
  // The questions are asked one after the other, so this one's answer comes after what was given back.
  await limiter.take('k', 999);
  assert.equal(await counted(), 21);
});

it('counts as the rules of access say, whatever is asked', async (t) => {
  const { pool } = await testDatabase(t);
  let nowS = startS;
  const questions = await rateQuestions(pool, () => nowS);
  t.after(() => questions.close());
  const asks = fc.array(
    fc.record({
      passedS: fc.constantFrom(0, 0, 0.3, 1, 7.5, 30, 61),
      limit: fc.constantFrom(1, 15, 60, 200),
      waiting: fc.nat(40),
      share: fc.nat(80),
      back: fc.nat(10),
      backAgo: fc.integer({ min: -1, max: 3 }),
    }),
    { minLength: 1, maxLength: 15 },
  );
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(asks, async (given) => {
      const identity = `run ${(runs += 1)}`;
      let expected: readonly RateBucket[] = [];
      for (const { passedS, limit, waiting, share, back, backAgo } of given) {
        nowS += passedS;
        const second = Math.floor(nowS);
        const over = { second: second - backAgo, requests: back };
        const [answer] = await questions.ask([{ identity, limit, waiting, share, back: over }]);
        const grant = grantRequests(giveBack(expected, over.second, back), { limit, second, waiting, share });
        expected = grant.buckets;
        assert.deepEqual([answer?.granted, answer?.shared], [grant.granted, grant.share]);
        assert.deepEqual(sorted(answer?.buckets ?? []), sorted(windowAt(grant.buckets, second)));
      }
    }),
    { numRuns: 60 },
  );
});

it('removes what counts no longer', async (t) => {
  const { url, pool } = await testDatabase(t);
  const timer = manualTimer();
  const limiter = await open(t, url, { timer, nowS: () => startS + timer.nowMs() / 1000 });
  await limiter.take('gone', 5);
  await timer.advance(61_000);
  await limiter.take('here', 5);
  await limiter.take('here', 5); // Its question comes after the removal that the one before brought along.
  const rows = await query(pool, 'select distinct identifier from plenum_access.rate_limits');
  assert.deepEqual(rows, [{ identifier: 'here' }]);
});

it('a short absence of the database is waited for', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const timer = manualTimer();
  const heard = listener();
  const limiter = await open(t, proxy.url, { timer, logger: heard.logger });
  await limiter.take('k', 10);
  proxy.cut('at-once');
  const taken = limiter.take('k', 10);
  await heard.until('requests cannot be counted: the database is away');
  proxy.cut('never');
  await timer.advance(100);
  await heard.until('requests can be counted again');
  assert.equal((await taken).allowed, true);
});

it('after five seconds of absence requests are refused at once, until the database is back', async (t) => {
  const { url, pool } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const timer = manualTimer();
  const heard = listener();
  const limiter = await open(t, proxy.url, { timer, logger: heard.logger });
  assert.equal((await limiter.take('k', 10)).allowed, true);
  proxy.cut('at-once');
  const waiting = assert.rejects(Promise.resolve(limiter.take('k', 10)), isAway);
  await heard.until('requests cannot be counted: the database is away');
  await timer.advance(5_000);
  await waiting;
  await assert.rejects(Promise.resolve(limiter.take('another', 10)), isAway);

  proxy.cut('never');
  // Time goes on, and with it the questions, until there is one that is answered; a query of ours gives each its turn.
  while (!heard.has('requests can be counted again')) {
    await timer.advance(1_000);
    await query(pool, 'select 1');
  }
  assert.equal((await limiter.take('k', 10)).allowed, true);
});

it('what this process took in advance goes on being spent while the database is away', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const timer = manualTimer();
  const limiter = await open(t, proxy.url, { timer, nowS: () => startS + timer.nowMs() / 1000 });
  for (let request = 0; request < 50; request += 1) await limiter.take('k', 1_000);
  proxy.cut('at-once');
  const taken = limiter.take('k', 1_000);
  assert.ok(!(taken instanceof Promise) && taken.allowed);
});

it('several processes may be the first to open it', async (t) => {
  const { url } = await testDatabase(t);
  const limiters = await Promise.all(Array.from({ length: 4 }, () => open(t, url)));
  const answers = await Promise.all(limiters.map(async (limiter) => limiter.take('k', 2)));
  assert.equal(answers.filter(({ allowed }) => allowed).length, 2);
});

it('who still waits when it is closed is refused, and so is everybody after', async (t) => {
  const { url } = await testDatabase(t);
  const { limiter, close } = await openOne(url);
  const waiting = Promise.resolve(limiter.take('k', 5)).then(
    () => 'answered',
    (error: unknown) => isAway(error) && 'refused',
  );
  await close();
  assert.match(String(await waiting), /answered|refused/);
  await assert.rejects(Promise.resolve(limiter.take('k', 5)), isAway);
});

const isAway = (error: unknown): boolean => error instanceof TransientFailure && error.code === 'rate-limits-away';

/** A log that can be waited for. */
const listener = () => {
  const said = new Set<string>();
  const waiting = new Map<string, () => void>();
  const hear = (_: object, message: string): void => {
    said.add(message);
    waiting.get(message)?.();
  };
  return {
    logger: { ...silentLogger, info: hear, warn: hear },
    has: (message: string): boolean => said.has(message),
    until: (message: string): Promise<void> =>
      new Promise((resolve) => {
        if (said.has(message)) resolve();
        else waiting.set(message, resolve);
      }),
  };
};

const sorted = (buckets: readonly RateBucket[]) => buckets.toSorted((a, b) => a.second - b.second);

const openOne = async (url: string, parts: Partial<PostgresRateLimiterParts> = {}) => {
  const pool = openPool({ url, applicationName: 'rate limit test', connectionsMax: 2 });
  const limiter = await postgresRateLimiter({ pool, logger: silentLogger, ...parts });
  const close = async (): Promise<void> => {
    await limiter.close();
    await pool.end();
  };
  return { limiter, close };
};

const open = async (t: TestContext, url: string, parts: Partial<PostgresRateLimiterParts> = {}) => {
  const { limiter, close } = await openOne(url, parts);
  t.after(close);
  return limiter;
};
