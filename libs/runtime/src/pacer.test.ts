import assert from 'node:assert/strict';
import { it } from 'node:test';
import { manualTimer } from './ingest/testing/manual-timer.ts';
import { pacer } from './pacer.ts';

it('leaves time for a round that takes long, and as much again for what follows it', async () => {
  assert.equal(await apartMs({ intervalMs: 80, tookMs: 20 }), 40);
  assert.equal(await apartMs({ intervalMs: 80, tookMs: 1 }), 78);
});

it('keeps a third of the interval when rounds take all the time', async () => {
  assert.equal(await apartMs({ intervalMs: 90, tookMs: 30 }), 30);
  assert.equal(await apartMs({ intervalMs: 90, tookMs: 500 }), 500);
});

it('keeps the whole interval where nobody says when a round ends', async () => {
  assert.equal(await apartMs({ intervalMs: 80, tookMs: 20, says: false }), 80);
});

type Pacing = { readonly intervalMs: number; readonly tookMs: number; readonly says?: boolean };

/** How far apart rounds begin in the end, to the millisecond, when something always waits. */
const apartMs = async ({ intervalMs, tookMs, says = true }: Pacing): Promise<number> => {
  const timer = manualTimer();
  const begunMs: number[] = [];
  const pace = pacer({
    ...{ timer, intervalMs, load: () => 'some' },
    begin: () => {
      begunMs.push(timer.nowMs());
      pace.began();
      timer.pass(tookMs);
      if (says) pace.ended();
      pace.consider();
    },
  });
  pace.consider();
  await timer.advance(20_000);
  const last = begunMs.slice(-11);
  return Math.round(((last.at(-1) as number) - (last[0] as number)) / 10);
};
