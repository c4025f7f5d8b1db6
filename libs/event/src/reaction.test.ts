import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineReaction, reactionCommandId } from './reaction.ts';

const declared = { about: 'For tests.', topics: [], react: () => [] };

describe('a reaction', () => {
  it('is known by a name that stands in ids and checkpoints', () => {
    for (const name of ['close', 'move-the-coins-2']) assert.equal(defineReaction({ ...declared, name }).name, name);
    for (const name of ['', 'Move', 'move coins', 'move_coins', '-move', 'move-', '2-moves', 'x'.repeat(61)])
      assert.throws(() => defineReaction({ ...declared, name }), /cannot be called/);
  });

  it('gives the command at every entity an id of its own, and the same again', () => {
    const id = '0190a7f0-2222-7abc-8def-000000000002';
    const at = (name: string, stream: string): string => reactionCommandId({ name }, { id }, { stream });
    assert.equal(at('move-coins', 'purse-a-1'), `move-coins/${id}/a-1`);
    assert.notEqual(at('move-coins', 'purse-a'), at('move-coins', 'purse-b'));
    assert.notEqual(at('move-coins', 'purse-a'), at('move', 'purse-a'));
  });
});
