import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isTooOften } from './denied-publishes.ts';

const limits = { deniedMax: 2, deniedWithinMs: 100 };

it('what is denied is too often when more of it falls into the time, wherever that begins', () => {
  const denied: number[] = [];
  const at = (nowMs: number): boolean => isTooOften(denied, nowMs, limits);
  assert.deepEqual([at(0), at(60), at(100), at(159), at(260)], [false, false, false, true, false]);
  assert.equal(denied.length, 2, 'no more is remembered than it takes');
});
