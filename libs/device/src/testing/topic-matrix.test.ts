import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeTopics } from '../nodes/node-topics.ts';
import { topicMatrix } from './topic-matrix.ts';

it('the rights of a node are those of the matrix', () => {
  const rights = nodeTopics('a', ['humidity']);
  for (const { identity, action, topic, allowed } of topicMatrix) {
    if (identity === 'node') assert.equal(rights[action].has(topic), allowed, `${action} ${topic}`);
  }
  assert.equal(topicMatrix.filter(({ identity, allowed }) => identity === 'node' && allowed).length, 5);
});
