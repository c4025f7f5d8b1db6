/** What every rate limiter keeps, however many processes share it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type ManualTimer, manualTimer } from '../ingest/testing/manual-timer.ts';
import type { RateAnswer, RateLimiter } from '../rate-limit.ts';
import { chance } from './chance.ts';

export type OpenedRateLimiter = {
  readonly limiter: RateLimiter;
  /** Gives back what it took in advance. */
  close(): Promise<void>;
};

/**
 * Called once per test: limits that nobody has used, by a clock that the test turns. What it returns opens them for one
 * more process.
 */
export type OpenRateLimits = (t: TestContext, timer: ManualTimer) => Promise<() => Promise<OpenedRateLimiter>>;

export const rateLimiterContract = (name: string, open: OpenRateLimits): void => {
  describe(`rate limits in ${name}`, () => {
    it('let the limit through, then no more until the first have left the minute', async (t) => {
      const { timer, process } = await world(t, open);
      const { limiter } = await process();
      for (let left = 4; left >= 0; left -= 1) {
        const answer = await limiter.take('k', 5);
        assert.deepEqual([answer.allowed, answer.limit, answer.remaining], [true, 5, left]);
      }
      const refused = await limiter.take('k', 5);
      assert.deepEqual([refused.allowed, refused.remaining], [false, 0]);
      const { retryAfterS = 0 } = refused;
      assert.ok(retryAfterS >= 60 && retryAfterS <= 61, `${retryAfterS}`);
      assert.equal(refused.resetS, retryAfterS);
      await timer.advance((retryAfterS - 2) * 1000);
      assert.equal((await limiter.take('k', 5)).allowed, false);
      await timer.advance(2000);
      assert.equal((await limiter.take('k', 5)).allowed, true);
    });

    it('slide: what was let through late leaves late', async (t) => {
      const { timer, process } = await world(t, open);
      const { limiter } = await process();
      await takeAll(limiter, { times: 2, limit: 4 });
      await timer.advance(30_000);
      await takeAll(limiter, { times: 2, limit: 4 });
      await timer.advance(31_000);
      const answers = await takeAll(limiter, { times: 3, limit: 4 });
      assert.deepEqual(
        answers.map(({ allowed }) => allowed),
        [true, true, false],
      );
      assert.ok((answers[2]?.retryAfterS ?? 0) <= 31);
    });

    it('are counted for each identity by itself', async (t) => {
      const { process } = await world(t, open);
      const { limiter } = await process();
      await takeAll(limiter, { times: 3, limit: 2 });
      assert.equal((await limiter.take('another', 2)).allowed, true);
    });

    it('are counted for all processes together', async (t) => {
      const { process } = await world(t, open);
      const [one, other] = [await process(), await process()];
      const answers: RateAnswer[] = [];
      for (let turn = 0; turn < 10; turn += 1) {
        answers.push(await one.limiter.take('k', 10), await other.limiter.take('k', 10));
      }
      assert.equal(allowedOf(answers), 10);
    });

    it('hold when all ask at once, and waste nothing', async (t) => {
      const { process } = await world(t, open);
      const processes = [await process(), await process()];
      const asked = processes.flatMap(({ limiter }) => Array.from({ length: 150 }, async () => limiter.take('k', 100)));
      assert.equal(allowedOf(await Promise.all(asked)), 100);
    });

    it('give back what a process took in advance and did not need', async (t) => {
      const { process } = await world(t, open);
      const [one, other] = [await process(), await process()];
      assert.equal(allowedOf(await takeAll(one.limiter, { times: 50, limit: 200 })), 50);
      await one.close();
      assert.equal(allowedOf(await takeAll(other.limiter, { times: 200, limit: 200 })), 150);
    });

    it('that are lowered hold at once, and raised ones too', async (t) => {
      const { process } = await world(t, open);
      const { limiter } = await process();
      await takeAll(limiter, { times: 10, limit: 12 });
      assert.equal((await limiter.take('k', 5)).allowed, false);
      assert.equal((await limiter.take('k', 12)).allowed, true);
    });

    it('are never exceeded in any 60 seconds, and are all there after a quiet minute', async (t) => {
      const { timer, process } = await world(t, open);
      const processes = [await process(), await process()];
      const { below } = chance(7);
      const passed: number[] = [];
      for (let step = 0; step < 100; step += 1) {
        await timer.advance(below(2) === 0 ? below(1500) : below(9000));
        const { limiter } = processes[below(2)] ?? assert.fail();
        const answers = await takeAll(limiter, { times: below(40), limit: 60 });
        for (const { allowed } of answers) if (allowed) passed.push(timer.nowMs());
      }
      for (const atMs of passed) {
        const inMinute = passed.filter((other) => other >= atMs && other < atMs + 60_000);
        assert.ok(inMinute.length <= 60, `${inMinute.length} in the minute from ${atMs} on`);
      }
      assert.ok(passed.length > 150, `only ${passed.length} in all: nothing was limited`);
      await timer.advance(63_000);
      const answers = await takeAll(processes[0]?.limiter ?? assert.fail(), { times: 70, limit: 60 });
      assert.equal(allowedOf(answers), 60);
    });
  });
};

const allowedOf = (answers: readonly RateAnswer[]): number => answers.filter(({ allowed }) => allowed).length;

const takeAll = async (
  limiter: RateLimiter,
  { times, limit }: { readonly times: number; readonly limit: number },
): Promise<readonly RateAnswer[]> => {
  const answers: RateAnswer[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await limiter.take('k', limit));
  return answers;
};

/** Every process that a test opens is closed at its end, if the test has not. */
const world = async (t: TestContext, open: OpenRateLimits) => {
  const timer = manualTimer();
  const openOne = await open(t, timer);
  const opened = new Set<OpenedRateLimiter>();
  t.after(async () => {
    for (const one of opened) await one.close();
  });
  return {
    timer,
    process: async (): Promise<OpenedRateLimiter> => {
      const one = await openOne();
      opened.add(one);
      const close = async (): Promise<void> => {
        if (opened.delete(one)) await one.close();
      };
      return { limiter: one.limiter, close };
    },
  };
};
