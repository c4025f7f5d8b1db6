import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type RememberedRows, remember, rowCache } from './row-cache.ts';

const at = { topic: 'things', partition: 0 };
const rows = (...names: readonly string[]): RememberedRows =>
  new Map([['things', new Map(names.map((name) => [name, { name }]))]]);
const namesIn = (found: RememberedRows): readonly string[] => [...(found.get('things')?.keys() ?? [])];

it('gives rows back for the checkpoint they were left with, and only once', () => {
  const cache = rowCache();
  cache.put(at, 5n, rows('a'));
  assert.deepEqual(namesIn(cache.take({ ...at, partition: 1 }, 5n)), []);
  assert.deepEqual(namesIn(cache.take(at, 5n)), ['a']);
  assert.deepEqual(namesIn(cache.take(at, 5n)), []);
});

it('gives nothing back once somebody else has moved the checkpoint, not even if it comes to the same again', () => {
  const cache = rowCache();
  cache.put(at, 5n, rows('a'));
  assert.deepEqual(namesIn(cache.take(at, 6n)), []);
  assert.deepEqual(namesIn(cache.take(at, 5n)), []);
});

it('keeps the rows last used', () => {
  const cache = rowCache(2);
  const remembered = rows('a', 'b', 'c');
  remember(remembered, 'things', new Map([['a', { name: 'a' }]]));
  cache.put(at, 5n, remembered);
  assert.deepEqual(namesIn(cache.take(at, 5n)), ['c', 'a']);
});

it('does not keep rows with long texts, not even as they were before', () => {
  const cache = rowCache();
  const remembered = rows('a', 'b');
  remember(remembered, 'things', new Map([['a', { name: 'a', note: 'x'.repeat(5_000) }]]));
  cache.put(at, 5n, remembered);
  assert.deepEqual(namesIn(cache.take(at, 5n)), ['b']);
});
