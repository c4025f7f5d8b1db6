import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ackBytes,
  authBytes,
  connackBytes,
  disconnectBytes,
  pingrespBytes,
  publishBytes,
  publishSize,
  subackBytes,
  unsubackBytes,
  writeAck,
} from './packet-writer.ts';

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

describe('CONNACK', () => {
  it('says in MQTT 3.1.1 and 3.1 what there are return codes for', () => {
    assert.equal(hex(connackBytes(4, { sessionPresent: true, reason: 0 })), '20020100');
    assert.equal(hex(connackBytes(3, { sessionPresent: true, reason: 0 })), '20020000');
    assert.equal(hex(connackBytes(4, { sessionPresent: false, reason: 0x87 })), '20020005');
    assert.equal(connackBytes(4, { sessionPresent: false, reason: 0x81 }), undefined);
  });

  it('has a list of properties in MQTT 5, empty or not', () => {
    assert.equal(hex(connackBytes(5, { sessionPresent: true, reason: 0 })), '2003010000');
    const properties = { receiveMaximum: 20, assignedClientId: 'ab' } as const;
    assert.equal(hex(connackBytes(5, { sessionPresent: false, reason: 0, properties })), '200b0000081200026162210014');
  });

  it('has no session with a refusal [MQTT-3.2.2-4], [MQTT-3.2.2-6]', () => {
    assert.equal(hex(connackBytes(4, { sessionPresent: true, reason: 0x88 })), '20020003');
    assert.equal(hex(connackBytes(5, { sessionPresent: true, reason: 0x88 })), '2003008800');
  });
});

it('SUBACK and UNSUBACK', () => {
  assert.equal(hex(subackBytes(4, 258, [0, 2, 0x87])), '90050102000280');
  assert.equal(hex(subackBytes(5, 258, [0, 2, 0x87])), '9006010200000287');
  assert.equal(hex(subackBytes(5, 1, [0x9e], { reasonString: 'no' })), '90090001051f00026e6f9e');
  assert.equal(hex(unsubackBytes(4, 258, [0, 0x11])), 'b0020102');
  assert.equal(hex(unsubackBytes(5, 258, [0, 0x11])), 'b0050102000011');
});

describe('PUBACK, PUBREC, PUBREL and PUBCOMP', () => {
  it('are as short as they can be', () => {
    assert.equal(hex(ackBytes(4, 'puback', 258, 0x87, { reasonString: 'no' })), '40020102');
    assert.equal(hex(ackBytes(5, 'pubrec', 258)), '50020102');
    assert.equal(hex(ackBytes(5, 'pubrel', 258, 0x92)), '6203010292');
    assert.equal(hex(ackBytes(5, 'pubcomp', 258, 0, {})), '70020102');
    assert.equal(hex(ackBytes(5, 'puback', 258, 0, { reasonString: 'no' })), '4009010200051f00026e6f');
  });

  it('are written one behind the other', () => {
    const target = Buffer.alloc(8);
    assert.equal(writeAck(target, writeAck(target, 0, 'puback', 258), 'pubcomp', 0xfffe), 8);
    assert.equal(hex(target), '400201027002fffe');
  });
});

it('PINGRESP, DISCONNECT and AUTH', () => {
  assert.equal(hex(pingrespBytes), 'd000');
  assert.equal(hex(disconnectBytes(0)), 'e000');
  assert.equal(hex(disconnectBytes(0x8e)), 'e0018e');
  assert.equal(hex(disconnectBytes(0x8e, { reasonString: 'x' })), 'e0068e041f000178');
  assert.equal(hex(authBytes(0)), 'f000');
  assert.equal(hex(authBytes(0x18)), 'f0021800');
  assert.equal(hex(authBytes(0x18, { authenticationMethod: 'x' })), 'f006180415000178');
});

describe('PUBLISH', () => {
  const message = { topic: 'a/ü', payload: Buffer.from('m'), properties: { contentType: 't', topicAlias: 9 } };
  const qos0 = { qos: 0, id: 5, dup: false, retain: false } as const;

  it('has in MQTT 3.1.1 neither properties nor a packet id of QoS 0', () => {
    assert.equal(hex(publishBytes(4, message, qos0)), '30070004612fc3bc6d');
    assert.equal(hex(publishBytes(4, message, { ...qos0, qos: 2, dup: true, retain: true })), '3d090004612fc3bc00056d');
    assert.equal(hex(publishBytes(3, message, { ...qos0, topicAlias: 3, withTopic: false })), '30070004612fc3bc6d');
  });

  it('is never a duplicate with QoS 0 [MQTT-3.3.1-2]', () => {
    assert.equal(publishBytes(4, message, { ...qos0, dup: true })[0], 0x30);
  });

  it("has the message's properties, and those of the delivery in place of the publisher's [MQTT-3.3.2-7]", () => {
    assert.equal(hex(publishBytes(5, message, qos0)), '300c0004612fc3bc04030001746d');
    const delivery = { ...qos0, topicAlias: 1, withTopic: false, subscriptionIds: [200, 3], messageExpiryS: 60 };
    const own = '020000003c03000174';
    assert.equal(hex(publishBytes(5, message, delivery)), `3015000011${own}0bc8010b032300016d`);
  });

  it('has the size that is said before', () => {
    for (const level of [4, 5] as const) {
      for (const bytes of [0, 100, 128, 16_380, 3_000_000]) {
        const large = { ...message, payload: Buffer.alloc(bytes) };
        assert.equal(publishBytes(level, large, qos0).length, publishSize(level, large, qos0));
      }
    }
  });
});
