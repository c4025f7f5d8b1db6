import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureEventLoopLag } from './event-loop-lag.ts';
import { metricsRegistry } from './registry.ts';

/** Nothing else gets a turn meanwhile. */
const work = (ms: number): void => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

describe('the lag of the event loop', () => {
  it('is as long as something kept the process from what was due, until it is read', async () => {
    const read = measureEventLoopLag(1);
    work(50);
    let lag = read();
    while (lag.max === 0) {
      await sleep(1);
      lag = read();
    }
    assert.ok(lag.max > 0.04, `${lag.max} s`);
  });

  it('is among the metrics of every process, and measured in no other way', async () => {
    const text = await metricsRegistry().text();
    const names = [...text.matchAll(/^(nodejs_eventloop_\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(
      names,
      ['p50', 'p99', 'max'].map((part) => `nodejs_eventloop_lag_${part}_seconds`),
    );
    assert.match(text, /^process_cpu_seconds_total /m);
  });
});
