import assert from 'node:assert/strict';
import { it } from 'node:test';
import { busyClock } from './busy-clock.ts';

it('counts what overlaps once, and not what lies between', () => {
  let nowMs = 0;
  const clock = busyClock(() => nowMs);
  const at = (ms: number, happens: () => void): void => {
    nowMs = ms;
    happens();
  };
  at(10, clock.begin);
  at(20, clock.begin);
  at(25, () => assert.equal(clock.busyMs(), 15));
  at(30, clock.end);
  at(40, clock.end);
  at(100, () => assert.equal(clock.busyMs(), 30));
  at(110, clock.begin);
  at(115, () => assert.equal(clock.busyMs(), 35));
});
