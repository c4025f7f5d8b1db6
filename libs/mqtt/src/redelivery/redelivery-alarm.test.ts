import assert from 'node:assert/strict';
import { it } from 'node:test';
import { silentLogger } from '@plenum/runtime/testing';
import { redeliveryAlarm } from './redelivery-alarm.ts';

it('is given when messages keep coming again, once a minute', () => {
  assert.deepEqual(warnings([500, 500, 500]), [2, 3]);
});

it('is not given for what was on the way when one connection was lost, nor for single messages', () => {
  assert.deepEqual(warnings([1000, 0, 1000, 0]), []);
  assert.deepEqual(warnings([99, 99, 99]), []);
  assert.deepEqual(warnings([100, 100, 100], 1001), []);
});

/** In which minutes it warned, when so many of a minute's messages had come before. */
const warnings = (redeliveredInMinute: readonly number[], received = 1000): readonly number[] => {
  const minutes: number[] = [];
  let minute = 0;
  const alarm = redeliveryAlarm({ ...silentLogger, warn: () => void minutes.push(minute) });
  let totals = { received: 0, redelivered: 0 };
  alarm(0, totals);
  for (const redelivered of redeliveredInMinute) {
    minute += 1;
    totals = { received: totals.received + received, redelivered: totals.redelivered + redelivered };
    alarm(minute * 60_000, totals);
    alarm(minute * 60_000 + 5000, totals);
  }
  return minutes;
};
