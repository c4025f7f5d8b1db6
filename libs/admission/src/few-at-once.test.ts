import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fewAtOnce } from './few-at-once.ts';

it('lets in a few of each, and the next when one has left', () => {
  const { enter, leave } = fewAtOnce(2);
  assert.deepEqual([enter('a'), enter('a'), enter('a'), enter('b')], [true, true, false, true]);
  leave('a');
  assert.deepEqual([enter('a'), enter('a')], [true, false]);
});
