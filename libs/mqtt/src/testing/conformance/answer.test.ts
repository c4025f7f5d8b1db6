import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerOf, type Listening } from './answer.ts';
import { field, number, packet } from './bytes.ts';
import { answer5, disconnect5, type Property, properties, property, publish5 } from './bytes5.ts';
import { nextFrame } from './received.ts';

const listening = (level: 4 | 5 = 5): Listening => ({
  ...{ level, lastId: 0, aliasMaximum: 0, numbering: new Map(), aliases: new Map(), wanted: new Set() },
});
const read = (bytes: Buffer, by = listening()): string => {
  const { frame, rest } = nextFrame(bytes) ?? {};
  assert.ok(frame !== undefined && rest?.length === 0);
  return answerOf(frame, by);
};
const connack = (...list: readonly Property[]): Buffer => packet(0x20, 1, 0, properties(list));

describe('an answer', () => {
  it('of either standard is known by its CONNACK', () => {
    const by = listening(5);
    assert.equal(read(packet(0x20, 0, 5), by), 'connack 5');
    assert.equal(by.level, 4);
    assert.equal(read(connack(), by), 'connack 0x00 present');
    assert.equal(by.level, 5);
  });

  it('leaves out what servers choose for themselves, unless it is asked for', () => {
    const bytes = connack(property.receiveMaximum(7), property.assignedClientId('x'), property.serverKeepAlive(9));
    const asking = { ...listening(), wanted: new Set(['receive-maximum']) };
    assert.equal(read(bytes), 'connack 0x00 present assigned-client-id server-keep-alive 9');
    assert.equal(read(bytes, asking), 'connack 0x00 present assigned-client-id server-keep-alive 9 receive-maximum 7');
  });

  it('has reason codes, and packet ids of the server by their number', () => {
    const by = listening();
    assert.equal(read(answer5(0x40, 7, 0x10), by), 'puback 7 0x10');
    assert.equal(read(answer5(0x40, 7, 0, [property.reasonString('so')]), by), 'puback 7');
    assert.equal(read(publish5('t', 'm', { id: 300 }), by), 'publish t "m" qos 1 m1');
    assert.equal(read(answer5(0x62, 300, 0x92), by), 'pubrel m1 0x92');
    assert.equal(read(packet(0x90, number(3), 0, Buffer.from([1, 0x87])), by), 'suback 3: 1 0x87');
    assert.equal(read(disconnect5(0x8e), by), 'disconnect 0x8e');
  });

  it('has the properties of a message, with subscription ids in order', () => {
    const list = [property.subscriptionId(300), property.user('a', 'b'), property.subscriptionId(5)];
    assert.equal(
      read(publish5('t', 'm', { qos: 0, with: [...list, property.messageExpiry(58)] })),
      'publish t "m" qos 0 expiry ~60 ids 5 300 user a=b',
    );
  });

  it('shows the topic that an alias stands for, and an alias that was not allowed', () => {
    const aliased = (topic: string) => publish5(topic, 'm', { qos: 0, with: [property.topicAlias(2)] });
    const by = { ...listening(), aliasMaximum: 2 };
    assert.equal(read(aliased('t'), by), 'publish t "m" qos 0');
    assert.equal(read(aliased(''), by), 'publish t "m" qos 0');
    assert.equal(read(aliased('t')), 'publish t "m" qos 0 alias 2');
    assert.equal(read(aliased(''), { ...listening(), aliasMaximum: 2 }), 'publish unknown-alias "m" qos 0');
  });

  for (const [what, bytes, level] of [
    ['a property that is not for it', publish5('t', 'm', { with: [property.sessionExpiry(1)] })],
    ['a session expiry in a DISCONNECT', disconnect5(0, [property.sessionExpiry(1)])],
    ['a property twice', connack(property.receiveMaximum(1), property.receiveMaximum(1))],
    ['surplus bytes', packet(0x40, number(1), 0, 0, 0)],
    ['too few bytes', packet(0x40, 1)],
    ['flags', packet(0x41, number(1))],
    ['PUBREL without its flag', packet(0x60, number(1))],
    ['reserved flags of a CONNACK', packet(0x20, 2, 0, 0)],
    ['QoS 3', packet(0x36, field('t'), number(1), 0)],
    ['ill-formed text', publish5([0xff], 'm')],
    ['a packet of clients', packet(0xc0)],
    ['DISCONNECT in MQTT 3.1.1', packet(0xe0), 4],
    ['a reason in MQTT 3.1.1', packet(0x40, number(1), 0), 4],
  ] as const) {
    it(`with ${what} is unreadable`, () => {
      assert.match(read(bytes, listening(level)), /^unreadable /);
    });
  }
});
