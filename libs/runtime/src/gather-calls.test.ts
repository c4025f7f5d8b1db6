import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gatherCalls } from './gather-calls.ts';

/** Carries out what it is told to, when it is told to. */
const byHand = (more: Partial<Parameters<typeof gatherCalls<string, string>>[0]> = {}) => {
  const rounds: { readonly asked: readonly string[]; readonly settled: PromiseWithResolvers<void> }[] = [];
  const call = gatherCalls<string, string>({
    carry: async (asked) => {
      const settled = Promise.withResolvers<void>();
      rounds.push({ asked, settled });
      await settled.promise;
      return asked.map((one) => one.toUpperCase());
    },
    ...{ atATime: 1, callsMax: 3 },
    ...more,
  });
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return { call, rounds, turn, asked: () => rounds.map(({ asked }) => asked.join('')) };
};

it('carries out a call at once, and those that come meanwhile together, as many as may', async () => {
  const { call, rounds, turn, asked } = byHand();
  const first = call('a');
  await turn();
  const others = ['b', 'c', 'd', 'e'].map(call);
  await turn();
  assert.deepEqual(asked(), ['a']);
  rounds[0]?.settled.resolve();
  assert.equal(await first, 'A');
  await turn();
  assert.deepEqual(asked(), ['a', 'bcd']);
  rounds[1]?.settled.resolve();
  await turn();
  rounds[2]?.settled.resolve();
  assert.deepEqual(await Promise.all(others), ['B', 'C', 'D', 'E']);
  assert.deepEqual(asked(), ['a', 'bcd', 'e']);
});

it('has as many rounds under way as it may', async () => {
  const { call, rounds, turn, asked } = byHand({ atATime: 2 });
  const calls = [call('a')];
  await turn();
  calls.push(call('b'));
  await turn();
  calls.push(call('c'));
  await turn();
  assert.deepEqual(asked(), ['a', 'b']);
  rounds[1]?.settled.resolve();
  await turn();
  assert.deepEqual(asked(), ['a', 'b', 'c']);
  for (const { settled } of rounds) settled.resolve();
  assert.deepEqual(await Promise.all(calls), ['A', 'B', 'C']);
});

it('keeps calls apart that may not go together, and forgets none', async () => {
  const mayJoin = (one: string, others: readonly string[]): boolean => !others.includes(one);
  const { call, rounds, turn, asked } = byHand({ mayJoin });
  const calls = ['a', 'a', 'b', 'a'].map(call);
  for (let round = 0; round < 3; round += 1) {
    await turn();
    rounds[round]?.settled.resolve();
  }
  assert.deepEqual(await Promise.all(calls), ['A', 'A', 'B', 'A']);
  assert.deepEqual(asked(), ['ab', 'a', 'a']);
});

it('rejects those that went together, and goes on', async () => {
  const { call, rounds, turn } = byHand();
  const calls = [call('a'), call('b')];
  await turn();
  const lost = new Error('lost');
  rounds[0]?.settled.reject(lost);
  const settled = await Promise.allSettled(calls);
  assert.deepEqual(
    settled.map((one) => one.status === 'rejected' && one.reason === lost),
    [true, true],
  );
  const next = call('c');
  await turn();
  rounds[1]?.settled.resolve();
  assert.equal(await next, 'C');
});
