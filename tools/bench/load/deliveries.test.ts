import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deliveries } from './deliveries.ts';

const some = () => {
  const made = deliveries(['a', 'b'], ['a', 'b', 'a']);
  made.published({ sensor: 'a', value: 1, atMs: 1_000 });
  made.published({ sensor: 'b', value: 2, atMs: 1_010 });
  made.published({ sensor: 'a', value: 3, atMs: 1_020 });
  return made;
};

it('says how long each delivery took, and begins anew', () => {
  const made = some();
  for (const sensor of ['a', 'b', 'a']) made.acknowledged(sensor, 1_030);
  made.got(0, 1, 1_040);
  made.got(0, 3, 1_040);
  made.got(2, 1, 1_050);
  made.got(1, 2, 1_060);
  assert.equal(made.missing(), 1);
  made.got(2, 3, 2_000);
  assert.equal(made.missing(), 0);
  assert.deepEqual(made.take(), { acknowledgedMs: [30, 20, 10], seenMs: [40, 20, 50, 50, 980], perSecond: 5 });
  made.published({ sensor: 'a', value: 4, atMs: 3_000 });
  assert.equal(made.missing(), 3);
  made.got(2, 4, 3_500);
  assert.deepEqual(made.take(), { acknowledgedMs: [], seenMs: [500], perSecond: 2 });
});

it('takes nothing that was left out, comes again, or is of somebody else', () => {
  assert.throws(() => some().got(0, 3, 2_000), /client 0 of a got 3 where 1 is due/);
  assert.throws(() => some().got(0, 2, 2_000), /got 2 where 1 is due/);
  const made = some();
  made.got(1, 2, 2_000);
  assert.throws(() => made.got(1, 2, 2_000), /client 1 of b got 2 where nothing is due/);
  made.acknowledged('b', 2_000);
  assert.throws(() => made.acknowledged('b', 2_000), /b has a PUBACK of nothing/);
});
