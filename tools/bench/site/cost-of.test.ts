import assert from 'node:assert/strict';
import { it } from 'node:test';
import { costOf, describeCost } from './cost-of.ts';

const used = (name: string, cpuSeconds: number) => ({ name, cpuSeconds, busyShare: 0, peakRssBytes: 0 });
const counted = new Set(['bridge', 'postgres']);

it('adds up what is counted, per 100,000 messages, and shows the rest beside it', () => {
  const usage = { processes: [used('bridge', 1), used('postgres', 0.5), used('load', 4)] };
  const cost = costOf(usage, counted, 50_000);
  assert.equal(cost.per100k, 3);
  assert.deepEqual(Object.fromEntries(cost.shares), { bridge: 2, postgres: 1, load: 8 });
  assert.equal(describeCost(cost, counted), '3.00 s: bridge 2.00, postgres 1.00; not counted: load 8.00');
});

it('does not divide by no messages', () => {
  assert.throws(() => costOf({ processes: [used('bridge', 1)] }, counted, 0), /nothing was sent/);
});
