import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IngestBalance } from '@plenum/runtime';
import { simulationCounts } from '../simulate/run-simulation.ts';
import { metricsLine, metricsLines, receivedLine, type Sample, sampleOf } from './live-metrics.ts';

const sample = (dropped: Partial<IngestBalance['dropped']>): Sample =>
  sampleOf({
    ...{ timeMs: 0, simulation: simulationCounts(), memoryBytes: 0 },
    counters: new Map([['nodes', { read: 12, applied: 9, duplicates: 3, notForIt: 0, parked: 0 }]]),
    behind: new Map([
      ['nodes', 0],
      ['changes', 7],
    ]),
    bridge: {
      ...{ received: 1_010, appended: 1_000, quarantined: 2, discarded: 1, inHand: 4 },
      dropped: { 'qos0-overload': 0, 'connection-closed': 0, 'qos2-duplicate': 0, own: 0, unsafe: 0, ...dropped },
    },
  });

/** Every line that says what received comes to, as its numbers: the sum first. */
const told = (one: Sample): readonly number[] => {
  const line = metricsLines(one, one, 0).find((each) => each.includes('received')) ?? assert.fail('no sum');
  return [...line.matchAll(/[\d,]+/g)].map(([number]) => Number(number.replaceAll(',', '')));
};

describe('the metrics of a demo', () => {
  it('add up, also when something was dropped', () => {
    const [received = 0, ...parts] = told(sample({ 'connection-closed': 2, unsafe: 1 }));
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      received,
    );
    assert.match(metricsLine(sample({ unsafe: 3 }), sample({})), /3 quarantined, 3 dropped, /);
    assert.equal(
      receivedLine({ received: 6, appended: 1, quarantined: 2, dropped: 3 }),
      'received 6 = appended 1 + quarantined 2 + dropped 3',
    );
  });

  it('have no word of it when nothing was', () => {
    const one = sample({});
    assert.ok(![...metricsLines(one, one, 0), metricsLine(one, one)].join('\n').includes('dropped'));
  });

  it('show each projection by itself', () => {
    const one = sample({});
    const lines = metricsLines(one, one, 0).join('\n');
    assert.match(lines, /in nodes +9 +0\/s +behind 0 +duplicates 3 +parked 0\n/);
    assert.match(lines, /in changes +0 +0\/s +behind 7 +duplicates 0/);
    assert.match(metricsLine(one, one), /; nodes: 9 applied, 3 duplicates, 0 parked, 0 behind; changes: 0 applied/);
  });
});
