/** What a reader takes of MQTT 5, to the edges of what is allowed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientPacket } from './packets.ts';
import {
  connect5,
  connectWithWill,
  field,
  four,
  id,
  list,
  number,
  packet,
  publish5,
  subscribe5,
  unsubscribe5,
  user,
} from './testing/bytes-of-5.ts';
import { readAll } from './testing/read-all.ts';

const after = (bytes: Uint8Array): ClientPacket | undefined => readAll([connect5(), bytes])[1];

describe('CONNECT', () => {
  const plain = {
    ...{ type: 'connect', level: 5, clean: true, keepAliveS: 60, clientId: 'c' },
    ...{ userName: undefined, password: undefined, will: undefined, properties: {} },
  };

  it('without anything', () => assert.deepEqual(readAll([connect5()]), [plain]));

  it('with every property (3.1.2.11)', () => {
    const properties = list(
      ...[id.sessionExpiry, four(0xffff_ffff), id.receiveMaximum, number(1), id.maximumPacket, four(1)],
      ...[id.topicAliasMaximum, number(0), id.requestResponse, 1, id.requestProblem, 0, user('a', '1')],
      ...[id.authMethod, field('m'), id.authData, field([0, 255]), user('', ''), user('a', '2')],
    );
    assert.deepEqual(readAll([connect5(2, properties)]), [
      {
        ...plain,
        properties: {
          ...{ sessionExpiryS: 0xffff_ffff, receiveMaximum: 1, maximumPacketBytes: 1, topicAliasMaximum: 0 },
          ...{ requestResponseInformation: 1, requestProblemInformation: 0, authenticationMethod: 'm' },
          authenticationData: Buffer.from([0, 255]),
          userProperties: [
            ['a', '1'],
            ['', ''],
            ['a', '2'],
          ],
        },
      },
    ]);
  });

  it('with a will and all of its properties (3.1.3.2)', () => {
    const properties = list(
      ...[id.willDelay, four(5), id.payloadFormat, 1, id.messageExpiry, four(0), id.contentType, field('t')],
      ...[id.responseTopic, field('$r'), id.correlationData, field(''), user('a', 'b')],
    );
    assert.deepEqual(readAll([connectWithWill(properties, 'w', 0x36)]), [
      {
        ...plain,
        will: {
          ...{ topic: 'w', payload: Buffer.from('gone'), qos: 2, retain: true },
          properties: {
            ...{ willDelayS: 5, payloadFormat: 1, messageExpiryS: 0, contentType: 't', responseTopic: '$r' },
            ...{ correlationData: Buffer.alloc(0), userProperties: [['a', 'b']] },
          },
        },
      },
    ]);
  });

  it('with a password and no user name (3.1.2.9), and without client id', () => {
    const [one] = readAll([connect5(0x40, list(), field(''), field([0xff]))]);
    assert.deepEqual(one, { ...plain, clean: false, clientId: '', password: Buffer.from([0xff]) });
  });

  it('with a client id as long as it can be, and a byte order mark in it [MQTT-1.5.4-3]', () => {
    const clientId = `\ufeff${'ü'.repeat(32_766)}`;
    const [one] = readAll([connect5(2, list(), field(clientId))], { packetBytesMax: 100_000 });
    assert.equal((one as { clientId: string }).clientId, clientId);
  });
});

describe('PUBLISH', () => {
  const plain = {
    ...{ type: 'publish', topic: 't', payload: Buffer.from('m'), qos: 1, dup: false, retain: false, id: 7 },
    ...{ properties: undefined, oversized: undefined, badTopic: undefined },
  };

  it('without properties', () => assert.deepEqual(after(publish5()), plain));

  it('with all of them (3.3.2.3)', () => {
    const properties = list(
      ...[id.payloadFormat, 0, id.messageExpiry, four(1), id.topicAlias, number(0xffff), id.responseTopic, field('r')],
      ...[id.correlationData, field('d'), user('a', 'b'), user('a', 'b'), id.contentType, field('t')],
    );
    assert.deepEqual(after(publish5(properties, 't', 0x3d)), {
      ...plain,
      ...{ qos: 2, dup: true, retain: true },
      properties: {
        ...{ payloadFormat: 0, messageExpiryS: 1, topicAlias: 0xffff, responseTopic: 'r', contentType: 't' },
        correlationData: Buffer.from('d'),
        userProperties: [
          ['a', 'b'],
          ['a', 'b'],
        ],
      },
    });
  });

  it('with an alias for its topic, and only with it without one (3.3.2.3.4)', () => {
    const properties = { topicAlias: 3 };
    assert.deepEqual(after(publish5(list(id.topicAlias, number(3)), '')), { ...plain, topic: '', properties });
    const badTopic = { shown: '', problem: 'a topic name has at least one character', reason: 0x82 };
    assert.deepEqual(after(publish5(list(), '')), { ...plain, topic: '', badTopic });
  });

  it('with a bad topic is whole, whatever else it has', () => {
    const one = after(publish5(list(user('a', 'b'), id.topicAlias, number(3)), '$x'));
    assert.ok(one?.type === 'publish');
    assert.deepEqual([one.topic, one.badTopic?.shown, one.properties?.topicAlias], ['', '$x', 3]);
  });

  it('of which the payload is not what it says it is: that is for the server to find (3.3.2.3.2)', () => {
    const bytes = packet(0x30, field('t'), list(id.payloadFormat, 1), 0xff);
    assert.deepEqual((after(bytes) as { payload: Uint8Array }).payload, Buffer.from([0xff]));
  });
});

it('PUBACK, PUBREC, PUBREL and PUBCOMP in all their forms (3.4.2.1)', () => {
  for (const [type, first, code] of [
    ['puback', 0x40, 0x99],
    ['pubrec', 0x50, 0x10],
    ['pubrel', 0x62, 0x92],
    ['pubcomp', 0x70, 0x92],
  ] as const) {
    const plain = { type, id: 258, reason: 0, properties: undefined };
    assert.deepEqual(after(packet(first, number(258))), plain);
    assert.deepEqual(after(packet(first, number(258), code)), { ...plain, reason: code });
    assert.deepEqual(after(packet(first, number(258), code, 0)), { ...plain, reason: code });
    const properties = list(user('a', 'b'), id.reasonString, field('x'));
    assert.deepEqual(after(packet(first, number(258), 0, properties)), {
      ...plain,
      properties: { userProperties: [['a', 'b']], reasonString: 'x' },
    });
  }
});

it('SUBSCRIBE with its options (3.8.3.1)', () => {
  const request = { filter: 'f', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };
  const plain = { type: 'subscribe', id: 7, properties: undefined };
  assert.deepEqual(after(subscribe5(0)), { ...plain, requests: [request] });
  const properties = list(id.subscriptionId, ...[0xff, 0xff, 0xff, 0x7f], user('a', 'b'));
  const bytes = packet(0x82, number(7), properties, field('+/#'), 0x2e, field('$share/g/+'), 0x19);
  assert.deepEqual(after(bytes), {
    ...plain,
    requests: [
      { filter: '+/#', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      { filter: '$share/g/+', qos: 1, noLocal: false, retainAsPublished: true, retainHandling: 1 },
    ],
    properties: { subscriptionIds: [268_435_455], userProperties: [['a', 'b']] },
  });
});

it('UNSUBSCRIBE (3.10)', () => {
  assert.deepEqual(after(unsubscribe5('a/+', list(user('a', 'b')))), {
    ...{ type: 'unsubscribe', id: 7, filters: ['a/+'] },
    properties: { userProperties: [['a', 'b']] },
  });
});

it('DISCONNECT in all its forms (3.14.2.1)', () => {
  const plain = { type: 'disconnect', reason: 0, properties: undefined };
  assert.deepEqual(after(packet(0xe0)), plain);
  assert.deepEqual(after(packet(0xe0, 4)), { ...plain, reason: 4 });
  assert.deepEqual(after(packet(0xe0, 4, 0)), { ...plain, reason: 4 });
  assert.deepEqual(after(packet(0xe0, 0, list(id.sessionExpiry, four(0), id.reasonString, field('')))), {
    ...plain,
    properties: { sessionExpiryS: 0, reasonString: '' },
  });
});

it('AUTH (3.15)', () => {
  assert.deepEqual(after(packet(0xf0, 0x19, list(id.authMethod, field('m'), id.authData, field('d')))), {
    ...{ type: 'auth', reason: 0x19 },
    properties: { authenticationMethod: 'm', authenticationData: Buffer.from('d') },
  });
});

it('PINGREQ', () => assert.deepEqual(after(packet(0xc0)), { type: 'pingreq' }));
