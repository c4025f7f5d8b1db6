import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IngestBalance } from '@plenum/runtime';
import { allArrived } from './arrival.ts';

const counters: IngestBalance = {
  ...{ received: 0, appended: 0, quarantined: 0, discarded: 0, inHand: 0 },
  dropped: { 'qos0-overload': 0, 'connection-closed': 0, 'qos2-duplicate': 0, own: 0, unsafe: 0 },
};

/** A bridge that has received so many at each look, and the last number for ever after. */
const bridge = (...received: readonly number[]) => {
  let looks = 0;
  const bridgeBalance = (): IngestBalance => {
    const now = received[Math.min(looks, received.length - 1)] ?? 0;
    looks += 1;
    return { ...counters, received: now };
  };
  return { bridgeBalance, looks: () => looks };
};

const stop = new AbortController().signal;

describe('waiting for what a broker still has', () => {
  it('goes on as long as something comes', async () => {
    const stack = bridge(10, 20, 30, 100);
    await allArrived({ stack, acknowledged: 100, stop, quietMs: 0, silentMs: 60_000 });
    assert.ok(stack.looks() >= 4);
  });

  it('waits for copies, which may have been counted first', async () => {
    const stack = bridge(100, 100, 101);
    await allArrived({ stack, acknowledged: 100, stop, quietMs: 60, silentMs: 60_000 });
    assert.ok(stack.looks() >= 3);
  });

  it('gives up what never comes', async () => {
    await allArrived({ stack: bridge(99), acknowledged: 100, stop, quietMs: 0, silentMs: 30 });
  });

  it('ends when it is asked to', async () => {
    const stopped = allArrived({ stack: bridge(0), acknowledged: 1, stop: AbortSignal.abort() });
    await assert.rejects(stopped, { name: 'AbortError' });
  });
});
