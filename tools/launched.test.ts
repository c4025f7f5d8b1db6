import assert from 'node:assert/strict';
import { it } from 'node:test';
import { launched } from './launched.ts';

it('gives a program what the launcher has set, and nothing that the shell has', () => {
  const set = { PATH: '/bin', NODE_OPTIONS: '--max-semi-space-size=8', MALLOC_ARENA_MAX: '1' };
  assert.deepEqual(launched({ ...set, DATABASE_URL: 'postgres://elsewhere' }), set);
});
