import assert from 'node:assert/strict';
import { it } from 'node:test';
import { verifiedTokens } from './verified-tokens.ts';

it('knows a text until it expires', () => {
  const known = verifiedTokens<number>();
  known.put('text', 1, 100);
  assert.equal(known.get('text', 99.9), 1);
  assert.equal(known.get('Text', 99.9), undefined);
  assert.equal(known.get('text', 100), undefined);
  assert.equal(known.size(), 0);
});

it('lets go of what was not asked for the longest, by characters', () => {
  const known = verifiedTokens<number>(10);
  known.put('aaaa', 1, 100);
  known.put('bbbb', 2, 100);
  assert.equal(known.get('aaaa', 0), 1);
  known.put('cccc', 3, 100);
  assert.equal(known.get('bbbb', 0), undefined);
  assert.equal(known.get('aaaa', 0), 1);
  known.put('d'.repeat(11), 4, 100);
  assert.equal(known.size(), 0, 'what is too large for it alone is not kept');
});

it('counts a text once, however often it comes', () => {
  const known = verifiedTokens<number>(10);
  for (let time = 0; time < 5; time += 1) known.put('aaaa', time, 100);
  known.put('bbbb', 9, 100);
  assert.equal(known.get('aaaa', 0), 4);
});
