import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Profile, spentIn } from './profile.ts';

const call = (functionName: string, url = 'file:///a.ts') => ({ functionName, url });
const profile: Profile = {
  nodes: [
    { id: 1, callFrame: call('(root)', ''), children: [2, 3, 6] },
    { id: 2, callFrame: call('(idle)', '') },
    { id: 3, callFrame: call('tick'), children: [4] },
    { id: 4, callFrame: call('show'), children: [5] },
    { id: 5, callFrame: call('write', 'node:fs') },
    { id: 6, callFrame: call('show', 'file:///other.ts') },
  ],
  samples: [2, 3, 4, 5, 6, 5],
  timeDeltas: [100, 10, 20, 30, 40, 50],
};

it('adds up a function and what it calls, and leaves out what only has its name', () => {
  assert.deepEqual(spentIn(profile, 'show', '/a.ts'), { inUs: 100, busyUs: 150, allUs: 250 });
});

it('does not take what it has not seen for free', () => {
  assert.throws(() => spentIn(profile, 'draw', '/a.ts'), /draw of \/a\.ts is in none of 6 samples/);
});
