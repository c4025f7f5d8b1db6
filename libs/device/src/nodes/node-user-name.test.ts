import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeNamedBy, nodeUserName } from './node-user-name.ts';

it('a user name names a node, or one key of it', () => {
  assert.deepEqual(nodeNamedBy('a'), { nodeId: 'a', keyId: undefined });
  assert.deepEqual(nodeNamedBy('a/k1'), { nodeId: 'a', keyId: 'k1' });
  for (const [nodeId, keyId] of [
    ['a', undefined],
    ['a_b', 'k2'],
  ] as const) {
    assert.deepEqual(nodeNamedBy(nodeUserName(nodeId, keyId)), { nodeId, keyId });
  }
});

it('a user name with an empty part names nothing', () => {
  for (const userName of ['', '/', '/k1', 'a/']) assert.equal(nodeNamedBy(userName), undefined, userName);
});
