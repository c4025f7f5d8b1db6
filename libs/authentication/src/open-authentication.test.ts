import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from './open-authentication.ts';

it('goes by the clock of the machine when that is set', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_772_615_702_118 });
  assert.equal(systemClock.nowUs(), 1_772_615_702_118_000);
  t.mock.timers.setTime(1_772_615_000_000);
  assert.equal(systemClock.nowUs(), 1_772_615_000_000_000);
});
