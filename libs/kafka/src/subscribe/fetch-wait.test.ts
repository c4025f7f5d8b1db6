import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fetchWaitMs } from './fetch-wait.ts';

it('waits longer while nothing comes, and at last so that all of a process end together', () => {
  const waits = [0, 1, 2, 3].map((inVain) => fetchWaitMs(inVain, 0));
  assert.deepEqual(waits, [200, 400, 800, 1_600]);
  for (const inVain of [4, 5, 50, 5_000]) {
    for (const nowMs of [10_000, 10_400, 11_999]) {
      const endMs = nowMs + fetchWaitMs(inVain, nowMs);
      assert.ok(endMs > nowMs && endMs <= nowMs + 2_010, `${endMs} after ${nowMs}`);
      assert.equal(endMs % 2_000, 0);
    }
  }
});
