import assert from 'node:assert/strict';
import { it } from 'node:test';
import { subscribedFilters } from './subscribed-filters.ts';

it('knows what somebody may want, until each has given it up', () => {
  const filters = subscribedFilters();
  assert.equal(filters.mayTake('a/b'), false);
  filters.add('a/+');
  filters.add('a/+');
  assert.deepEqual([filters.mayTake('a/b'), filters.mayTake('b')], [true, false]);
  filters.remove('a/+');
  assert.equal(filters.mayTake('a/b'), true);
  filters.remove('a/+');
  assert.equal(filters.mayTake('a/b'), false);
});

it('leaves the answer to others where there are many', () => {
  const filters = subscribedFilters();
  for (let n = 0; n < 100; n += 1) filters.add(`a/${n}`);
  assert.equal(filters.mayTake('b'), true);
  for (let n = 0; n < 100; n += 1) filters.remove(`a/${n}`);
  assert.equal(filters.mayTake('b'), false);
});
