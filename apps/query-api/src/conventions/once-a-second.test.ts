import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { consumerProgress, type OutboxLag } from '@plenum/runtime';
import { caughtUp, fakeApp } from '../testing/fake-app.ts';
import { fakeAuthentication } from '../testing/fake-authentication.ts';
import { onceASecond } from './once-a-second.ts';

/** The time of the process stands still, except for what is added to it. */
const stoppedTime = (t: TestContext) => {
  let nowMs = 5_000;
  t.mock.method(performance, 'now', () => nowMs);
  return (passedMs: number): void => {
    nowMs += passedMs;
  };
};

test('a look is for everybody who asks until a second later, or until it is over', async (t) => {
  const pass = stoppedTime(t);
  const looks: PromiseWithResolvers<string>[] = [];
  const ask = onceASecond(() => {
    const one = Promise.withResolvers<string>();
    looks.push(one);
    return one.promise;
  });
  const asked = [ask(), ask()];
  pass(3_000);
  asked.push(ask());
  assert.equal(looks.length, 1, 'nobody looks while somebody looks');
  looks[0]?.resolve('one');
  assert.deepEqual(await Promise.all(asked), ['one', 'one', 'one']);

  const next = ask();
  looks[1]?.reject(new Error('away'));
  await assert.rejects(next);
  pass(999);
  await assert.rejects(ask(), /away/);
  pass(1);
  const later = ask();
  looks[2]?.resolve('three');
  assert.deepEqual([await later, looks.length], ['three', 3]);
});

test('who is not counted cannot keep the database busy', async (t) => {
  stoppedTime(t);
  const looks = { ping: 0, active: 0, lag: 0 };
  const counted =
    <T>(what: keyof typeof looks, found: T) =>
    async () => {
      looks[what] += 1;
      return found;
    };
  const lag: OutboxLag[] = [];
  const app = await fakeApp(t, {
    authentication: fakeAuthentication(),
    reads: { checkpoints: { ping: counted('ping', undefined), active: counted('active', caughtUp) } },
    relay: { lag: counted('lag', lag), progress: consumerProgress() },
  });
  const askAll = () =>
    Promise.all(
      Array.from({ length: 20 }, async () => {
        for (const url of ['/health', '/api/v1/health/ready', '/metrics']) {
          assert.equal((await app.inject(url)).statusCode, 200, url);
        }
      }),
    );
  await askAll();
  const first = { ...looks };
  await askAll();
  assert.deepEqual(looks, first);
  // One for each of the two that ask for it, one of the age of what is read, and one of what is parked.
  assert.deepEqual(first, { ping: 2, active: 3, lag: 1 });
});
