/** What a reader refuses, by the numbers of MQTT 5, and with which reason. The packets of 3.1.1 are in `malformed-311.test.ts`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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

const badText = [0x61, 0xc0, 0x80];
const surrogate = [0xed, 0xa0, 0x80];
const one = Buffer.from([1]);

type Vector = readonly [what: string, bytes: Uint8Array, reason: number];

const refuses = (theme: string, before: readonly Uint8Array[], vectors: readonly Vector[]): void => {
  describe(theme, () => {
    for (const [what, bytes, reason] of vectors) {
      it(what, () => {
        const refused = { name: 'ProtocolViolation', reason };
        assert.throws(() => readAll([...before, bytes]), refused);
        assert.throws(() => readAll([...before, ...[...bytes].map((byte) => Buffer.from([byte]))]), refused);
      });
    }
  });
};

refuses(
  'the first packet',
  [],
  [
    ['is CONNECT [MQTT-3.1.0-1]', publish5(), 0x82],
    ['is CONNECT, and no other', packet(0xc0), 0x82],
    ['is of MQTT (3.1.2.1)', packet(0x10, field('HTTP'), 5, 2, number(60), 0, field('c')), 0x84],
    ['has no flags [MQTT-2.1.3-1]', packet(0x11, connect5().subarray(2)), 0x81],
    ['has no reserved flag [MQTT-3.1.2-3]', connect5(3), 0x81],
    ['has no QoS of a will that is not there [MQTT-3.1.2-11]', connect5(0x0a), 0x81],
    ['has no retain of a will that is not there [MQTT-3.1.2-13]', connect5(0x22), 0x81],
    ['has no will of QoS 3 [MQTT-3.1.2-12]', connectWithWill(list(), 'w', 0x1e), 0x81],
    ['has the user name that its flag announces [MQTT-3.1.2-17]', connect5(0x82), 0x81],
    ['has no user name without its flag [MQTT-3.1.2-16]', connect5(2, list(), field('c'), field('u')), 0x81],
    ['has the password that its flag announces [MQTT-3.1.2-19]', connect5(0x42), 0x81],
    ['has a client id [MQTT-3.1.3-3]', connect5(2, list(), Buffer.alloc(0)), 0x81],
    ['has a client id that is text [MQTT-3.1.3-4]', connect5(2, list(), field(badText)), 0x81],
    ['has a client id without null [MQTT-1.5.4-2]', connect5(2, list(), field('a\0')), 0x81],
    ['has a client id without surrogates [MQTT-1.5.4-1]', connect5(2, list(), field(surrogate)), 0x81],
    ['has a will topic that is text [MQTT-3.1.3-11]', connectWithWill(list(), badText), 0x81],
    ['has a will topic without wildcards', connectWithWill(list(), 'a/+'), 0x81],
    ['has a will topic of some length [MQTT-4.7.3-1]', connectWithWill(list(), ''), 0x81],
    ['has a user name that is text [MQTT-3.1.3-12]', connect5(0x82, list(), field('c'), field(badText)), 0x81],
    ['has nothing left over', connect5(2, list(), field('c'), one), 0x81],
    ['has a short length [MQTT-1.5.5-1]', Buffer.concat([Buffer.from([0x10, 0x8e, 0]), connect5().subarray(2)]), 0x81],
    ['has properties in the packet', connect5(2, Buffer.from([9]), field('c')), 0x81],
    ['has a length of properties', packet(0x10, field('MQTT'), 5, 2, number(60)), 0x81],
    ['has a short length of properties [MQTT-1.5.5-1]', connect5(2, Buffer.from([0x80, 0]), field('c')), 0x81],
    ['has a receive maximum above 0', connect5(2, list(id.receiveMaximum, number(0))), 0x82],
    ['has a maximum packet size above 0', connect5(2, list(id.maximumPacket, four(0))), 0x82],
    ['asks for problem information or not', connect5(2, list(id.requestProblem, 2)), 0x82],
    ['asks for response information or not', connect5(2, list(id.requestResponse, 2)), 0x82],
    ['has an authentication method with its data', connect5(2, list(id.authData, field('d'))), 0x82],
    ['has a method that is text', connect5(2, list(id.authMethod, field(badText))), 0x81],
    ['has user properties that are text [MQTT-1.5.7-1]', connect5(2, list(user('a', badText))), 0x81],
    ['has whole user properties', connect5(2, list(id.user, field('a'))), 0x81],
    ['has properties that there are', connect5(2, list(0x04, 0)), 0x81],
    ['has numbers of properties that there are', connect5(2, list(0xff, 0x7f, 0)), 0x81],
    ['has numbers of properties that are short', connect5(2, list(0x97, 0, 1)), 0x81],
    ['has a will that is sent as text or not', connectWithWill(list(id.payloadFormat, 2)), 0x82],
    ['has a will with a response topic without wildcards', connectWithWill(list(id.responseTopic, field('#'))), 0x82],
    ['has a will delay only with the will', connect5(2, list(id.willDelay, four(1))), 0x81],
    ['has a session expiry only outside the will', connectWithWill(list(id.sessionExpiry, four(1))), 0x81],
  ],
);

const twice: readonly (readonly [number, Uint8Array])[] = [
  [id.sessionExpiry, four(9)],
  [id.receiveMaximum, number(9)],
  [id.maximumPacket, four(9)],
  [id.topicAliasMaximum, number(9)],
  [id.requestProblem, one],
  [id.requestResponse, one],
  [id.authMethod, field('m')],
];
refuses(
  'a CONNECT with a property twice (3.1.2.11)',
  [],
  twice.map(([property, value]) => [`property ${property}`, connect5(2, list(property, value, property, value)), 0x82]),
);

const messageProperties: readonly (readonly [number, Uint8Array])[] = [
  [id.payloadFormat, one],
  [id.messageExpiry, four(9)],
  [id.contentType, field('t')],
  [id.responseTopic, field('r')],
  [id.correlationData, field('d')],
];
refuses(
  'a will with a property twice (3.1.3.2)',
  [],
  [...messageProperties, [id.willDelay, four(9)] as const].map(([property, value]) => [
    `property ${property}`,
    connectWithWill(list(property, value, property, value)),
    0x82,
  ]),
);

const entered = [connect5()];

refuses('any packet', entered, [
  ['is no second CONNECT [MQTT-3.1.0-2]', connect5(), 0x82],
  ['is not of type 0', packet(0), 0x81],
  ['is no CONNACK', packet(0x20, 0, 0, 0), 0x82],
  ['is no SUBACK', packet(0x90, number(1), 0, 0), 0x82],
  ['is no UNSUBACK', packet(0xb0, number(1), 0, 0), 0x82],
  ['is no PINGRESP', packet(0xd0), 0x82],
  ['has no remaining length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]), 0x81],
  ['has a short remaining length [MQTT-1.5.5-1]', Buffer.from([0xc0, 0x80, 0]), 0x81],
  ['has no flags: PUBACK [MQTT-2.1.3-1]', packet(0x41, number(1)), 0x81],
  ['has no flags: PUBREC', packet(0x52, number(1)), 0x81],
  ['has its flag: PUBREL [MQTT-3.6.1-1]', packet(0x60, number(1)), 0x81],
  ['has no flags: PUBCOMP', packet(0x74, number(1)), 0x81],
  ['has its flag: SUBSCRIBE [MQTT-3.8.1-1]', packet(0x80, subscribe5().subarray(2)), 0x81],
  ['has its flag: UNSUBSCRIBE [MQTT-3.10.1-1]', packet(0xa0, unsubscribe5().subarray(2)), 0x81],
  ['has no flags: PINGREQ', packet(0xc8), 0x81],
  ['has no flags: DISCONNECT [MQTT-3.14.1-1]', packet(0xe1), 0x81],
  ['has no flags: AUTH [MQTT-3.15.1-1]', packet(0xf1, 0x18, 0), 0x81],
  ['has nothing in it: PINGREQ', packet(0xc0, 0), 0x81],
  ['is not too large', Buffer.from([0x82, 0xff, 0x7f]), 0x95],
]);

refuses('a PUBLISH', entered, [
  ['is not of QoS 3 [MQTT-3.3.1-4]', publish5(list(), 't', 0x36), 0x81],
  ['is no duplicate with QoS 0 [MQTT-3.3.1-2]', publish5(list(), 't', 0x38), 0x81],
  ['has a packet id above 0 [MQTT-2.2.1-3]', packet(0x32, field('t'), number(0), 0), 0x81],
  ['has its topic', packet(0x30, 0), 0x81],
  ['has its packet id', packet(0x32, field('t'), 0), 0x81],
  ['has a length of properties', packet(0x30, field('t')), 0x81],
  ['has its properties', packet(0x30, field('t'), 3, id.payloadFormat, 1), 0x81],
  ['has a length of properties of at most four bytes', publish5(Buffer.from([0xff, 0xff, 0xff, 0xff, 1])), 0x81],
  ['has a short length of properties [MQTT-1.5.5-1]', publish5(Buffer.from([0x80, 0])), 0x81],
  ['is text or not', publish5(list(id.payloadFormat, 2)), 0x82],
  ['has a topic alias above 0 [MQTT-3.3.2-8]', publish5(list(id.topicAlias, number(0))), 0x94],
  ['has a response topic that is text [MQTT-3.3.2-13]', publish5(list(id.responseTopic, field(badText))), 0x81],
  ['has a response topic without wildcards [MQTT-3.3.2-14]', publish5(list(id.responseTopic, field('a/#'))), 0x82],
  ['has a response topic of some length [MQTT-4.7.3-1]', publish5(list(id.responseTopic, field(''))), 0x82],
  ['has a content type that is text [MQTT-3.3.2-19]', publish5(list(id.contentType, field('\0'))), 0x81],
  ['has user properties that are text [MQTT-1.5.7-1]', publish5(list(user(badText, 'b'))), 0x81],
  ['has no subscription id [MQTT-3.3.4-6]', publish5(list(id.subscriptionId, 1)), 0x82],
  ['has no property of a will', publish5(list(id.willDelay, four(1))), 0x81],
  ['has no reason string', publish5(list(id.reasonString, field('x'))), 0x81],
  ...[...messageProperties, [id.topicAlias, number(3)] as const].map(
    ([property, value]): Vector => [
      `has property ${property} once (3.3.2.3)`,
      publish5(list(property, value, user('a', 'b'), property, value)),
      0x82,
    ],
  ),
]);

for (const [name, first] of [
  ['PUBACK', 0x40],
  ['PUBREC', 0x50],
  ['PUBREL', 0x62],
  ['PUBCOMP', 0x70],
] as const) {
  const text = list(id.reasonString, field('x'), id.reasonString, field('x'));
  refuses(`a ${name}`, entered, [
    ['has a packet id', packet(first), 0x81],
    ['has a whole packet id', packet(first, 1), 0x81],
    ['has a packet id above 0 [MQTT-2.2.1-3]', packet(first, number(0)), 0x81],
    ['has a reason code of its own (3.4.2.1 to 3.7.2.1)', packet(first, number(1), 0x81), 0x82],
    ['has a reason code of its own, and none of another', packet(first, number(1), first < 0x60 ? 0x92 : 0x10), 0x82],
    ['has a reason string that is text', packet(first, number(1), 0, list(id.reasonString, field(badText))), 0x81],
    ['has one reason string', packet(first, number(1), 0, text), 0x82],
    ['has no other properties', packet(first, number(1), 0, list(id.serverReference, field('x'))), 0x81],
    ['has its properties', packet(first, number(1), 0, 4, id.user), 0x81],
    ['has nothing left over', packet(first, number(1), 0, 0, 0), 0x81],
  ]);
}

refuses('a SUBSCRIBE', entered, [
  ['has a packet id above 0 [MQTT-2.2.1-3]', packet(0x82, number(0), 0, field('f'), 1), 0x81],
  ['has a filter [MQTT-3.8.3-2]', packet(0x82, number(7), 0), 0x82],
  ['has a length of properties', packet(0x82, number(7)), 0x81],
  ['has a filter that is text [MQTT-3.8.3-1]', subscribe5(1, badText), 0x81],
  ['has a filter of some length [MQTT-4.7.3-1]', subscribe5(1, ''), 0x81],
  ['has # at the end of a filter [MQTT-4.7.1-1]', subscribe5(1, 'a/#/b'), 0x81],
  ['has # as a whole level', subscribe5(1, 'a#'), 0x81],
  ['has + as a whole level [MQTT-4.7.1-2]', subscribe5(1, 'a+/b'), 0x81],
  ['has options for each filter', packet(0x82, number(7), 0, field('f')), 0x81],
  ['has no reserved bits in its options [MQTT-3.8.3-5]', subscribe5(0x41), 0x81],
  ['has no reserved bits in its options, the upper one', subscribe5(0x81), 0x81],
  ['is not of QoS 3', subscribe5(3), 0x82],
  ['has no retain handling 3', subscribe5(0x31), 0x82],
  ['has no local only where nothing is shared [MQTT-3.8.3-4]', subscribe5(5, '$share/g/f'), 0x82],
  ['has a share name [MQTT-4.8.2-1]', subscribe5(1, '$share//f'), 0x81],
  ['has a share name without wildcards', subscribe5(1, '$share/+/f'), 0x81],
  ['has a filter behind the share name [MQTT-4.8.2-2]', subscribe5(1, '$share/g'), 0x81],
  ['has something in the filter behind the share name', subscribe5(1, '$share/g/'), 0x81],
  ['has a subscription id above 0', subscribe5(1, 'f', list(id.subscriptionId, 0)), 0x82],
  ['has one subscription id', subscribe5(1, 'f', list(id.subscriptionId, 1, id.subscriptionId, 2)), 0x82],
  [
    'has a subscription id of four bytes',
    subscribe5(1, 'f', list(id.subscriptionId, ...[255, 255, 255, 255, 1])),
    0x81,
  ],
  ['has no other properties', subscribe5(1, 'f', list(id.reasonString, field('x'))), 0x81],
]);

refuses('an UNSUBSCRIBE', entered, [
  ['has a packet id above 0 [MQTT-2.2.1-3]', packet(0xa2, number(0), 0, field('f')), 0x81],
  ['has a filter [MQTT-3.10.3-2]', packet(0xa2, number(7), 0), 0x82],
  ['has a filter that is text [MQTT-3.10.3-1]', unsubscribe5(badText), 0x81],
  ['has a filter of some length [MQTT-4.7.3-1]', unsubscribe5(''), 0x81],
  ['has wildcards where they may be', unsubscribe5('#/a'), 0x81],
  ['has no subscription id', unsubscribe5('f', list(id.subscriptionId, 1)), 0x82],
  ['has nothing left over', packet(0xa2, number(7), 0, field('f'), 1), 0x81],
]);

refuses('a DISCONNECT', entered, [
  ['has a reason code that clients send [MQTT-3.14.2-1]', packet(0xe0, 0x8e), 0x82],
  ['has a reason code that there is', packet(0xe0, 0x01), 0x82],
  ['has no server reference', packet(0xe0, 0, list(id.serverReference, field('x'))), 0x81],
  ['has one session expiry', packet(0xe0, 0, list(id.sessionExpiry, four(1), id.sessionExpiry, four(1))), 0x82],
  ['has its properties', packet(0xe0, 0, 9), 0x81],
  ['has nothing left over', packet(0xe0, 0, 0, 0), 0x81],
]);

refuses('an AUTH', entered, [
  ['does not say success (3.15.2.1)', packet(0xf0), 0x82],
  ['has a reason code of its own [MQTT-3.15.2-1]', packet(0xf0, 0x00, list(id.authMethod, field('m'))), 0x82],
  ['has an authentication method (3.15.2.2.2)', packet(0xf0, 0x18, list()), 0x82],
  ['has a length of properties', packet(0xf0, 0x18), 0x81],
  ['has no other properties', packet(0xf0, 0x18, list(id.sessionExpiry, four(1))), 0x81],
  ['has nothing left over', packet(0xf0, 0x18, list(id.authMethod, field('m')), 0), 0x81],
]);

it('properties of servers come from no client', () => {
  for (const [property, value] of [
    [id.assignedClientId, field('x')],
    [id.serverKeepAlive, number(1)],
    [id.responseInformation, field('x')],
    [id.serverReference, field('x')],
    [id.maximumQos, one],
    [id.retainAvailable, one],
    [id.wildcards, one],
    [id.ids, one],
    [id.shared, one],
  ] as const) {
    const properties = list(property, value);
    for (const bytes of [publish5(properties), subscribe5(1, 'f', properties), packet(0xe0, 0, properties)]) {
      assert.throws(() => readAll([...entered, bytes]), { reason: 0x81 }, `${property}`);
    }
    assert.throws(() => readAll([connect5(2, properties)]), { reason: 0x81 }, `${property}`);
  }
});
