import assert from 'node:assert/strict';
import { it } from 'node:test';
import { keptBytes, keptMessage } from './kept-message.ts';

const payload = Buffer.from([0, 0xff, 1]);

it('comes back as it was kept', () => {
  const message = {
    topic: 'a/ü',
    payload,
    properties: {
      payloadFormat: 1,
      messageExpiryS: 4_294_967_295,
      contentType: 'text/plain',
      responseTopic: 'r',
      correlationData: Buffer.from([1, 2]),
      userProperties: [
        ['a', '1'],
        ['a', ''],
      ],
    },
    retain: true,
    qos: 2,
    subscriptionIds: [1, 268_435_455],
  } as const;
  assert.deepEqual(keptMessage(keptBytes(message)), message);
});

it('has little around a plain message', () => {
  const plain = { topic: 't', payload, properties: undefined, retain: false };
  const bytes = keptBytes(plain);
  assert.equal(Buffer.from(bytes).toString('hex'), '0100000174000000ff01');
  assert.deepEqual(keptMessage(bytes), { ...plain, qos: 0, subscriptionIds: undefined });
});

it('leaves out what belongs to one packet of the publisher', () => {
  const message = { topic: 't', payload, properties: { topicAlias: 3, willDelayS: 4 }, retain: false };
  assert.equal(keptMessage(keptBytes(message)).properties, undefined);
});

it('does not read a later version', () => {
  assert.throws(() => keptMessage(Buffer.from([2, 0, 0, 1, 0x74, 0, 0])), /version 2/);
  assert.throws(() => keptMessage(Buffer.alloc(0)));
});
