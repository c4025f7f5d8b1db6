import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type DiskPart, grownSince } from './disk-parts.ts';

it('says what came to each part, also to those that were not there before', () => {
  const part = (table: string, name: string, bytes: number): DiskPart => ({ table, part: name, bytes });
  const before = [part('a.b', 'rows', 100), part('a.b', 'toast', 50)];
  const after = [part('a.b', 'rows', 130), part('a.b', 'toast', 50), part('a.c', 'rows', 7)];
  assert.deepEqual(grownSince(before, after), [
    part('a.b', 'rows', 30),
    part('a.b', 'toast', 0),
    part('a.c', 'rows', 7),
  ]);
});
