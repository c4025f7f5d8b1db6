import assert from 'node:assert/strict';
import { it } from 'node:test';
import { permissions as namesThatCanBeGiven } from '@plenum/access';
import { conflictsOf } from '@plenum/domain';
import { domains, permissions } from './index.ts';

it('no two domains use the same name for anything', () => {
  assert.ok(domains.length >= 3);
  assert.deepEqual(conflictsOf(domains), []);
});

it('every permission that can be given is declared, as what it is said to open', () => {
  assert.partialDeepStrictEqual({ ...permissions }, { ...namesThatCanBeGiven });
});
