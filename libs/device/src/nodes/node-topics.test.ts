import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeTopics } from './node-topics.ts';

it('a node publishes on its own topics and reads its own commands, and no topic of a node whose id begins the same', () => {
  const { publish, subscribe } = nodeTopics('a', ['humidity', 'door-3']);
  assert.deepEqual(
    [...publish],
    [
      'ceiling/sensors/a_humidity/data',
      'ceiling/sensors/door-3/data',
      'ceiling/nodes/a/status',
      'ceiling/nodes/a/registration',
      'ceiling/nodes/a/responses',
    ],
  );
  assert.deepEqual([...subscribe], ['ceiling/commands/a']);
  for (const topic of nodeTopics('a_b', ['humidity']).publish) assert.equal(publish.has(topic), false, topic);
});
