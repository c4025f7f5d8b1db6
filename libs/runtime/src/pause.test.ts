import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { it } from 'node:test';
import { aborted, backOff, pause, untilInStepMs } from './pause.ts';

const never = 1_000_000;

it('ends a pause at the first signal, or before it begins, and leaves no listener', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const paused = pause(never, one.signal, other.signal);
  other.abort();
  await paused;
  assert.equal(getEventListeners(one.signal, 'abort').length, 0);
  await pause(never, one.signal, other.signal);
  await aborted(other.signal);
});

it('waits longer after every failure, up to a bound, and begins anew after a success', () => {
  const wait = backOff(100, 500, () => 1);
  assert.deepEqual([wait.next(), wait.next(), wait.next(), wait.next(), wait.next()], [100, 200, 400, 500, 500]);
  wait.reset();
  assert.equal(wait.next(), 100);
});

it('waits at least half as long', () => {
  assert.equal(backOff(100, 500, () => 0).next(), 50);
  assert.equal(backOff(100, 500, () => 0.5).next(), 75);
});

it('ends at multiples of a period, the next one or, where that is as good as now, the one after it', () => {
  const endsAt = (nowMs: number): number => nowMs + untilInStepMs(2_000, nowMs);
  assert.deepEqual([8_000, 8_001, 9_000, 9_994].map(endsAt), [10_000, 10_000, 10_000, 10_000]);
  assert.deepEqual([9_996, 10_000].map(endsAt), [12_000, 12_000]);
  for (let nowMs = 8_000; nowMs < 10_000; nowMs += 1) {
    const waitMs = untilInStepMs(2_000, nowMs);
    assert.ok(waitMs > 5 && waitMs <= 2_005, `${waitMs} at ${nowMs}`);
  }
});
