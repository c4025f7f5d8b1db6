import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plenumItself } from './command.ts';
import { seenBy } from './organisation.ts';

describe('what somebody is shown', () => {
  const theirs = { permissions: ['*'], organisation: 'acme' };
  it('is what belongs to their organisation, whatever they ask for', () => {
    assert.deepEqual([seenBy(theirs), seenBy(theirs, 'acme'), seenBy(theirs, 'default')], ['acme', 'acme', '']);
  });
  it('is everything for who looks after the installation, or what they ask for', () => {
    assert.deepEqual([seenBy(plenumItself), seenBy(plenumItself, 'acme')], [undefined, 'acme']);
  });
});
