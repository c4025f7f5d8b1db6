import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { duringStack } from './during-stack.ts';

const never = new AbortController().signal;

const fakeStack = () => {
  const failing = Promise.withResolvers<never>();
  const stops: string[] = [];
  return {
    stack: { failed: failing.promise, stop: async () => void stops.push('stopped') },
    fail: failing.reject,
    stops,
  };
};

describe('working while a stack runs', () => {
  it('stops the stack when the work is done, and when it fails', async () => {
    const { stack, stops } = fakeStack();
    assert.equal(await duringStack(stack, never, async () => 7), 7);
    await assert.rejects(
      duringStack(stack, never, async () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(stops, ['stopped', 'stopped']);
  });

  it('ends the work with the reason of the part that cannot go on', async () => {
    const { stack, stops, fail } = fakeStack();
    let ended = false;
    const working = duringStack(stack, never, async (_, stop) => {
      fail(new Error('the bridge is broken'));
      await once(stop, 'abort');
      ended = true;
    });
    await assert.rejects(working, /the bridge is broken/);
    assert.ok(ended);
    assert.deepEqual(stops, ['stopped']);
  });
});
