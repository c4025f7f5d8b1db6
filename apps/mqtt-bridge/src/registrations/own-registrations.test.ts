import assert from 'node:assert/strict';
import { it } from 'node:test';
import { registrationOf } from '@plenum/device';
import { ownRegistrations, sha256 } from './own-registrations.ts';

const node = {
  ...{ node_id: 'a', location: { x: 1 }, sensors: [], firmware_version: '1.0.0', capabilities: {} },
  ...{ disabled: false, enrolled_at: '2026-03-04T09:15:02.118204Z' },
};
const { topic, payload } = registrationOf(node, sha256);
const removed = (nodeId: string) => ({ topic: `ceiling/nodes/${nodeId}/registration`, payload: new Uint8Array() });

it('knows what was published by itself, on its own topic alone', () => {
  const own = ownRegistrations();
  assert.equal(own.isOwn({ topic, payload }), true);
  assert.equal(own.isOwn({ topic: 'ceiling/nodes/b/registration', payload }), false);
  assert.equal(own.isOwn({ topic: 'ceiling/nodes/a/status', payload }), false);
  assert.equal(own.isOwn({ topic, payload: Buffer.from('{"node_id":"a"}') }), false);
});

it('knows a removal when it was said, until something is published there again', () => {
  const own = ownRegistrations();
  assert.equal(own.isOwn(removed('a')), false);
  own.removed(['a']);
  assert.deepEqual([own.isOwn(removed('a')), own.isOwn(removed('b'))], [true, false]);
  assert.equal(own.isOwn({ ...removed('a'), topic: 'ceiling/nodes/a/status' }), false);
  own.published('a');
  assert.equal(own.isOwn(removed('a')), false);
});

it('forgets the oldest removal', () => {
  const own = ownRegistrations(2);
  own.removed(['a', 'b']);
  own.removed(['a', 'c']);
  const known = ['a', 'b', 'c'].filter((nodeId) => own.isOwn(removed(nodeId)));
  assert.deepEqual(known, ['a', 'c']);
});
