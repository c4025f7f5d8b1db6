import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandsSeenTopic, nodesTopic, readingsTopic } from '@plenum/ceiling';
import type { Counters } from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import { behindOf, countAppends } from './behind.ts';

const read = (count: number): Counters => ({ read: count, applied: count, duplicates: 0, notForIt: 0, parked: 0 });
const nothingSeen = { lag: new Map<string, bigint>() };

describe('how far projections are behind', () => {
  it('is counted for each by itself, also when two read one topic', () => {
    const behind = behindOf({
      projections: [
        { name: 'readings', topics: [readingsTopic.name] },
        { name: 'nodes', topics: [nodesTopic.name] },
        { name: 'changes', topics: [nodesTopic.name] },
        { name: 'users', topics: ['plenum.access.decisions'] },
      ],
      // Commands are read by none of them, and so none is behind for them.
      appended: new Map([
        [readingsTopic.name, 10],
        [nodesTopic.name, 6],
        [commandsSeenTopic.name, 50],
      ]),
      committed: new Map([
        ['readings', read(10)],
        ['nodes', read(6)],
        ['changes', read(1)],
      ]),
      progress: new Map([
        ['readings', { lag: new Map([['plenum.ceiling.readings/0', 3n]]) }],
        ['nodes', nothingSeen],
      ]),
    });
    assert.deepEqual(Object.fromEntries(behind), { readings: 3, nodes: 0, changes: 5 });
  });

  it('counts what was appended once it is there', async () => {
    const { log, appended } = countAppends(memoryLog([nodesTopic, readingsTopic]));
    const record = { key: 'a', value: new Uint8Array(), headers: {}, timestampMs: 0 };
    await log.append([
      { ...record, topic: nodesTopic.name },
      { ...record, topic: nodesTopic.name },
      { ...record, topic: readingsTopic.name },
    ]);
    assert.deepEqual(Object.fromEntries(appended), { [nodesTopic.name]: 2, [readingsTopic.name]: 1 });
  });
});
