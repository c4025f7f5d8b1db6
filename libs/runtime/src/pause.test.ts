import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { it } from 'node:test';
import { aborted, backOff, pause } from './pause.ts';

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
