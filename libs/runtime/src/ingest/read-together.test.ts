import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readTogether } from './read-together.ts';
import { manualTimer } from './testing/manual-timer.ts';

const underTest = (next: number | { readonly nextMs: number }) => {
  const timer = manualTimer();
  const reads: string[] = [];
  const together = readTogether({ timer, nextMs: () => (typeof next === 'number' ? next : next.nextMs) });
  const readers = ['a', 'b'].map((name) => () => void reads.push(name));
  return { timer, reads, together, a: readers[0] as () => void, b: readers[1] as () => void };
};

it('reads at once when an append may begin', () => {
  const { reads, together, a } = underTest(0);
  assert.equal(together.postpone(10, a), false);
  assert.deepEqual(reads, []);
});

it('reads all that has come, each once, when the next append may begin', async () => {
  const { timer, reads, together, a, b } = underTest(40);
  for (const read of [a, b, a]) assert.equal(together.postpone(10, read), true);
  await timer.advance(39);
  assert.deepEqual(reads, []);
  await timer.advance(2);
  assert.deepEqual(reads, ['a', 'b']);
  assert.equal(together.postpone(10, a), false);
});

it('reads sooner what is much, and what comes then waits as before', async () => {
  const { timer, reads, together, a, b } = underTest(40);
  together.postpone(60_000, a);
  assert.deepEqual(reads, []);
  together.postpone(6_000, b);
  assert.deepEqual(reads, []);
  await timer.advance(0);
  assert.deepEqual(reads, ['a', 'b']);
  together.postpone(10, a);
  await timer.advance(39);
  assert.deepEqual(reads, ['a', 'b']);
  await timer.advance(2);
  assert.deepEqual(reads, ['a', 'b', 'a']);
});

it('reads what is very much in parts, so that others have their turn, and the rest when an append may begin', async () => {
  const { timer, reads, together, a, b } = underTest(40);
  for (const read of [a, b, a, a]) together.postpone(40_000, read);
  together.postpone(10, () => void reads.push('c'));
  timer.soon(() => void reads.push('another'));
  await timer.advance(0);
  assert.deepEqual(reads, ['a', 'another']);
  await timer.advance(39);
  assert.deepEqual(reads, ['a', 'another']);
  await timer.advance(2);
  assert.deepEqual(reads, ['a', 'another', 'b', 'c']);
});

it('reads at the sooner of the moments that it is given', async () => {
  const moments = { nextMs: 80 };
  const { timer, reads, together, a, b } = underTest(moments);
  together.postpone(10, a);
  moments.nextMs = 40;
  await timer.advance(40);
  assert.deepEqual(reads, []);
  moments.nextMs = 60;
  together.postpone(10, b);
  await timer.advance(20);
  assert.deepEqual(reads, ['a', 'b']);
});

it('reads everything when it is stopped, and postpones nothing from then on', async () => {
  const { timer, reads, together, a } = underTest(40);
  together.postpone(10, a);
  together.stop();
  assert.deepEqual(reads, ['a']);
  assert.equal(together.postpone(10, a), false);
  await timer.advance(100);
  assert.deepEqual(reads, ['a']);
});
