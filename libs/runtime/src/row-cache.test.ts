import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type RememberedRows, remember, rowCache } from './row-cache.ts';

const five = { next: 5n, parked: 2 };
const at = { topic: 'things', partition: 0 };
const rows = (...names: readonly string[]): RememberedRows =>
  new Map([['things', new Map(names.map((name) => [name, { name }]))]]);
const namesIn = (found: RememberedRows): readonly string[] => [...(found.get('things')?.keys() ?? [])];

it('gives rows back for the checkpoint they were left with, and only once', () => {
  const cache = rowCache();
  cache.put(at, five, rows('a'));
  assert.deepEqual(namesIn(cache.take({ ...at, partition: 1 }, five)), []);
  assert.deepEqual(namesIn(cache.take(at, five)), ['a']);
  assert.deepEqual(namesIn(cache.take(at, five)), []);
});

it('gives nothing back once somebody else has moved the checkpoint, not even if it comes to the same again', () => {
  const cache = rowCache();
  cache.put(at, five, rows('a'));
  assert.deepEqual(namesIn(cache.take(at, { next: 6n, parked: 2 })), []);
  assert.deepEqual(namesIn(cache.take(at, five)), []);
});

it('gives nothing back once parked records were released, which leaves the checkpoint where it is', () => {
  const cache = rowCache();
  cache.put(at, five, rows('a'));
  assert.deepEqual(namesIn(cache.take(at, { next: 5n, parked: 1 })), []);
});

it('keeps the rows last used', () => {
  const cache = rowCache(2);
  const remembered = rows('a', 'b', 'c');
  remember(things(remembered), 'a', { name: 'a' });
  cache.put(at, five, remembered);
  assert.deepEqual(namesIn(cache.take(at, five)), ['c', 'a']);
});

it('does not keep rows with long texts, not even as they were before', () => {
  const cache = rowCache();
  const remembered = rows('a', 'b');
  remember(things(remembered), 'a', { name: 'a', note: 'x'.repeat(5_000) });
  cache.put(at, five, remembered);
  assert.deepEqual(namesIn(cache.take(at, five)), ['b']);
});

const things = (remembered: RememberedRows) => remembered.get('things') ?? new Map();
