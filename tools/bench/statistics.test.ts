import assert from 'node:assert/strict';
import { it } from 'node:test';
import { quantile, spreadOf } from './statistics.ts';

it('takes the middle value, or the mean of the two in the middle', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, greatest: 3 });
  assert.equal(spreadOf([4, 1, 2, 3]).median, 2.5);
});

it('refuses a median of nothing', () => {
  assert.throws(() => spreadOf([]), /no values/);
});

it('finds a quantile between neighbours', () => {
  assert.equal(quantile([0, 10], 0.99), 9.9);
});
