import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sessionsOf, withoutOurs } from './postgres-shares.ts';

const members = new Map([
  [1, 2],
  [2, 1],
  [3, 0.5],
  [4, 4],
]);
const postgres = { name: 'postgres', cpuSeconds: 8, busyShare: 0, peakRssBytes: 0, members };
const found = [
  { pid: 1, name: 'plenum projector' },
  { pid: 2, name: 'plenum projector' },
  { pid: 3, name: 'bench arrivals' },
  { pid: 4, name: 'walwriter' },
  { pid: 5, name: 'autovacuum launcher' },
];
const ask = async <Row extends object>() => found as unknown as readonly Row[]; // What the query would answer.

it('adds up sessions by application, and counts none of ours', async () => {
  const sessions = await sessionsOf({ ask }, { processes: [postgres] });
  assert.deepEqual(sessions, [
    { name: 'walwriter', cpuSeconds: 4 },
    { name: 'plenum projector', cpuSeconds: 3 },
    { name: 'bench arrivals', cpuSeconds: 0.5 },
  ]);
  const other = { ...postgres, name: 'bridge' };
  assert.deepEqual(withoutOurs([other, postgres], sessions), [other, { ...postgres, cpuSeconds: 7.5 }]);
});
