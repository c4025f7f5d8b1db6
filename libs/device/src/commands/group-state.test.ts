import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandState } from './command-states.ts';
import { groupState, type StateCounts } from './group-state.ts';

type Case = readonly [own: CommandState, counts: StateCounts, state: CommandState, final: boolean];

const nodes = 3;

const cases: readonly Case[] = [
  ['requested', {}, 'requested', false],
  ['requested', { succeeded: 3 }, 'requested', false], // Not all of them are made, as far as it says itself.
  ['accepted', {}, 'accepted', false],
  ['accepted', { succeeded: 2 }, 'accepted', false], // The third is not shown yet.
  ['accepted', { succeeded: 2, executing: 1 }, 'accepted', false],
  ['accepted', { failed: 2, sent: 1 }, 'accepted', false],
  ['accepted', { succeeded: 3 }, 'succeeded', true],
  ['accepted', { succeeded: 2, cancelled: 1 }, 'cancelled', true],
  ['accepted', { expired: 1, cancelled: 1, succeeded: 1 }, 'expired', true],
  ['accepted', { expired: 1, unanswered: 1, succeeded: 1 }, 'unanswered', true],
  ['accepted', { unanswered: 2, failed: 1 }, 'failed', true],
  ['cancelled', {}, 'cancelled', true],
  ['cancelled', { succeeded: 1, cancelled: 2 }, 'cancelled', true],
  ['cancelled', { executing: 1, cancelled: 2 }, 'cancelled', false],
];

describe('a command for several nodes', () => {
  for (const [own, counts, state, final] of cases) {
    it(`${own} itself, with ${JSON.stringify(counts)}, is ${state}`, () =>
      assert.deepEqual(groupState({ own, nodes, counts }), { state, final }));
  }
});
