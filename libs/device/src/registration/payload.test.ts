import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type EnrolledNode, ownDigest, registrationOf } from './payload.ts';

const sha256 = (text: string): string => hash('sha256', text, 'hex');
const node: EnrolledNode = {
  ...{ node_id: 'node-17', location: { x: 1000, y: 0, z: 2000 }, sensors: ['temperature', 'door-3'] },
  ...{ firmware_version: '1.2.0', capabilities: { wireless: true }, disabled: false },
  enrolled_at: '2026-03-04T09:15:02.118204Z',
};
const nodes: fc.Arbitrary<EnrolledNode> = fc.record({
  node_id: fc.stringMatching(/^[a-z0-9_-]{1,20}$/),
  location: fc.record({ x: fc.double({ noNaN: true }), y: fc.integer(), z: fc.integer() }),
  sensors: fc.array(fc.string()),
  firmware_version: fc.string({ unit: 'binary' }),
  capabilities: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
  disabled: fc.boolean(),
  enrolled_at: fc.constant(node.enrolled_at),
});

describe('the registration of an enrolled node', () => {
  it('has the shape that the replaced system published', () => {
    const { topic, payload, digest } = registrationOf(node, sha256);
    assert.equal(topic, 'ceiling/nodes/node-17/registration');
    assert.deepEqual(JSON.parse(String(Buffer.from(payload))), {
      ...{ node_id: 'node-17', location: { x: 1000, y: 0, z: 2000 }, sensors: ['temperature', 'door-3'] },
      ...{ status: 'online', battery_level: 100, last_seen: '2026-03-04T09:15:02.118204Z' },
      ...{ firmware_version: '1.2.0', capabilities: { wireless: true }, message_id: digest },
    });
  });

  it('is another one for a node that is disabled, and for nothing that is decided of its keys', () => {
    const said = JSON.parse(String(Buffer.from(registrationOf({ ...node, disabled: true }, sha256).payload)));
    assert.equal(said.status, 'offline');
    assert.deepEqual(registrationOf({ ...node }, sha256), registrationOf(node, sha256));
  });

  it('is known again by itself, on its own topic alone', () => {
    fc.assert(
      fc.property(nodes, nodes, (one, other) => {
        const { topic, payload, digest } = registrationOf(one, sha256);
        assert.equal(ownDigest(topic, payload, sha256), digest);
        assert.equal(ownDigest(`${topic}x`, payload, sha256), undefined);
        const second = registrationOf(other, sha256);
        const same = Buffer.compare(second.payload, payload) === 0 && second.topic === topic;
        assert.equal(second.digest === digest, same);
      }),
    );
  });

  it('is not ours when a byte of it is another one, nor is anything that a device says', () => {
    const { topic, payload } = registrationOf(node, sha256);
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(payload);
        changed[at] = (changed[at] ?? 0) ^ change;
        assert.equal(ownDigest(topic, changed, sha256), undefined);
      }),
    );
    for (const text of ['', '{}', '{"message_id":"7"}', `{"a":1,"message_id":"${'0'.repeat(64)}"}`]) {
      assert.equal(ownDigest(topic, Buffer.from(text), sha256), undefined, text);
    }
  });
});
