/** Malformed packets and protocol errors after CONNECT: MQTT 5, 1.5, 2.1 to 2.4, 3.3 to 3.15 and 4.13. */
import { field, number, packet, puback, pubcomp, pubrec, pubrel, type Text } from '../bytes.ts';
import {
  answer5,
  auth,
  connect5,
  disconnect5,
  type Property,
  properties,
  property,
  publish5,
  subscribe5,
  subscribeWith,
  unsubscribe5,
  unsubscribeWith,
} from '../bytes5.ts';
import { hears, type Script, script, sends } from '../script.ts';
import { notLooked, noWord, otherwise } from './enter5.ts';

const enters = [sends('a', connect5('a')), hears('a', 'connack 0x00')];
const closes =
  (code: string) =>
  (name: string, bytes: Uint8Array): Script =>
    script(name, enters, sends('a', bytes), hears('a', `disconnect ${code}`, 'closed'));
/** 0x81: a malformed packet [MQTT-4.13.1-1]. */
const malformed = closes('0x81');
/** 0x82: a protocol error. */
const forbidden = closes('0x82');

const mute = (each: Script): Script => otherwise(each, noWord, 'closed');
const takes = (each: Script, ...answers: readonly string[]): Script => otherwise(each, notLooked, ...answers);
const says = (code: string, each: Script): Script =>
  otherwise(each, `It says ${code}.`, `disconnect ${code}`, 'closed');

const one = Buffer.from([1]);
const user = property.user('k', 'v');
/** With what Mosquitto answers to surplus bytes, which it does not look at. */
const ids: readonly (readonly [string, number, ...string[]])[] = [
  ['PUBACK', puback],
  ['PUBREC', pubrec, 'pubrel m1'],
  ['PUBREL', pubrel, 'pubcomp 1'],
  ['PUBCOMP', pubcomp],
];

const headers = [
  says('0x82', malformed('a type of 0 [MQTT-4.13.1-1] [MQTT-4.13.2-1]', packet(0x00))),
  mute(forbidden('CONNACK from a client', packet(0x20, number(0), 0))),
  takes(forbidden('SUBACK from a client', packet(0x90, number(1), 0, one))),
  takes(forbidden('UNSUBACK from a client', packet(0xb0, number(1), 0, one))),
  takes(forbidden('PINGRESP from a client', packet(0xd0))),
  mute(malformed('a remaining length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))),
  malformed('PUBLISH of QoS 3 [MQTT-3.3.1-4]', packet(0x36, field('t'), number(1), 0)),
  takes(malformed('PUBLISH of QoS 0 with DUP [MQTT-3.3.1-2]', publish5('t', 'm', { qos: 0, dup: true }))),
  takes(malformed('PUBACK with flags [MQTT-2.1.3-1]', packet(0x42, number(1)))),
  takes(malformed('PUBREC with flags', packet(0x51, number(1))), 'pubrel m1'),
  mute(malformed('PUBREL without its flag [MQTT-3.6.1-1]', packet(0x60, number(1)))),
  takes(malformed('PUBCOMP with flags', packet(0x78, number(1)))),
  malformed('SUBSCRIBE without its flag [MQTT-3.8.1-1]', packet(0x80, subscribe5(['t', 1]).subarray(2))),
  malformed('UNSUBSCRIBE without its flag [MQTT-3.10.1-1]', packet(0xa0, unsubscribe5('t').subarray(2))),
  takes(malformed('PINGREQ with flags', packet(0xc1)), 'pingresp'),
  takes(malformed('PINGREQ with something in it', packet(0xc0, one)), 'pingresp'),
  mute(malformed('DISCONNECT with flags [MQTT-3.14.1-1]', packet(0xe1))),
  mute(malformed('AUTH with flags [MQTT-3.15.1-1]', packet(0xf1))),
];

const publishes = [
  says('0x82', malformed('PUBLISH of QoS 1 with packet id 0', publish5('t', 'm', { id: 0 }))),
  says('0x82', malformed('PUBLISH of QoS 2 with packet id 0', publish5('t', 'm', { qos: 2, id: 0 }))),
  malformed('PUBLISH that ends inside its topic name', packet(0x32, number(9), Buffer.from('t'))),
  malformed('PUBLISH that ends inside its packet id', packet(0x32, field('t'), one)),
  malformed('PUBLISH without properties', packet(0x32, field('t'), number(1))),
  malformed('PUBLISH of QoS 0 with nothing in it', packet(0x30)),
  malformed('PUBLISH whose properties run past its end', packet(0x30, field('t'), Buffer.from([9, 0x01, 0]))),
  malformed(
    'PUBLISH whose length of properties has five bytes',
    packet(0x30, field('t'), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x00])),
  ),
  malformed(
    'a length of properties that is longer than it has to be [MQTT-1.5.5-1]',
    packet(0x30, field('t'), 0x80, 0),
  ),
  takes(
    forbidden('PUBLISH with Payload Format Indicator 2', publish5('t', 'm', { with: [property.payloadFormat(2)] })),
    'puback 1 0x10',
  ),
  malformed('PUBLISH with a property that does not exist', publish5('t', 'm', { with: [Buffer.from([0x7e, 0])] })),
  malformed('PUBLISH with a property that is cut off', publish5('t', 'm', { with: [Buffer.from([0x02, 0, 0])] })),
  mute(
    malformed(
      'an ill-formed Response Topic [MQTT-3.3.2-13]',
      publish5('t', 'm', { with: [property.responseTopic([0xff])] }),
    ),
  ),
  mute(
    malformed(
      'an ill-formed Content Type [MQTT-3.3.2-19]',
      publish5('t', 'm', { with: [property.contentType([0xff])] }),
    ),
  ),
  mute(malformed('an ill-formed user property', publish5('t', 'm', { with: [property.user([0xc3], 'v')] }))),
  takes(
    forbidden(
      'a Response Topic with a wildcard [MQTT-3.3.2-14]',
      publish5('t', 'm', { with: [property.responseTopic('r/#')] }),
    ),
    'puback 1 0x10',
  ),
  takes(
    forbidden(
      'PUBLISH with a Subscription Identifier [MQTT-3.3.4-6]',
      publish5('t', 'm', { with: [property.subscriptionId(1)] }),
    ),
    'puback 1 0x10',
  ),
];

const twice = (name: string, each: Property): Script =>
  mute(forbidden(`PUBLISH with ${name} twice`, publish5('t', 'm', { with: [each, each] })));
const foreign = (name: string, each: Property): Script =>
  malformed(`PUBLISH with ${name}, which is not for it`, publish5('t', 'm', { with: [each] }));
const publishProperties = [
  twice('Payload Format Indicator', property.payloadFormat(0)),
  twice('Message Expiry Interval', property.messageExpiry(9)),
  twice('Content Type', property.contentType('x')),
  twice('Response Topic', property.responseTopic('x')),
  twice('Correlation Data', property.correlationData('x')),
  twice('Topic Alias', property.topicAlias(1)),
  foreign('Session Expiry Interval', property.sessionExpiry(1)),
  foreign('Will Delay Interval', property.willDelay(1)),
  foreign('Reason String', property.reasonString('x')),
  foreign('Receive Maximum', property.receiveMaximum(1)),
  foreign('Server Keep Alive', property.serverKeepAlive(1)),
];

const acknowledgements = [
  ...ids.flatMap(([name, type, ...answers]) => [
    mute(malformed(`${name} without a packet id`, packet(type))),
    mute(malformed(`${name} with half a packet id`, packet(type, one))),
    mute(malformed(`${name} with packet id 0`, answer5(type, 0))),
    mute(malformed(`${name} whose properties run past its end`, packet(type, number(1), 0, 9))),
    takes(malformed(`${name} with something behind its properties`, packet(type, number(1), 0, 0, one)), ...answers),
    mute(malformed(`${name} with Topic Alias, which is not for it`, answer5(type, 1, 0, [property.topicAlias(1)]))),
    mute(malformed(`${name} with an ill-formed Reason String`, answer5(type, 1, 0, [property.reasonString([0xff])]))),
    mute(
      forbidden(
        `${name} with Reason String twice`,
        answer5(type, 1, 0, [property.reasonString('x'), property.reasonString('x')]),
      ),
    ),
  ]),
  takes(forbidden('PUBACK with a reason that is none [MQTT-3.4.2-1]', answer5(puback, 1, 0x01))),
  takes(forbidden('PUBREC with a reason that is none [MQTT-3.5.2-1]', answer5(pubrec, 1, 0x92))),
  takes(forbidden('PUBREL with a reason that is none [MQTT-3.6.2-1]', answer5(pubrel, 1, 0x10)), 'pubcomp 1'),
  takes(forbidden('PUBCOMP with a reason that is none [MQTT-3.7.2-1]', answer5(pubcomp, 1, 0x10))),
];

const filters = [
  malformed('SUBSCRIBE with packet id 0', subscribeWith({ id: 0 }, ['t', 1])),
  says('0x81', forbidden('SUBSCRIBE without a filter [MQTT-3.8.3-2]', subscribe5())),
  says('0x81', forbidden('SUBSCRIBE with QoS 3', subscribe5(['t', 3]))),
  malformed('SUBSCRIBE with reserved bits [MQTT-3.8.3-5]', subscribe5(['t', 0x40])),
  malformed('SUBSCRIBE with the other reserved bit', subscribe5(['t', 0x80])),
  says('0x81', forbidden('SUBSCRIBE with Retain Handling 3', subscribe5(['t', 0x30]))),
  malformed('SUBSCRIBE without its options', packet(0x82, number(1), 0, field('t'))),
  malformed('SUBSCRIBE without properties', packet(0x82, number(1))),
  malformed('SUBSCRIBE that ends inside its filter', packet(0x82, number(1), 0, number(9), Buffer.from('t'))),
  malformed('SUBSCRIBE whose properties run past its end', packet(0x82, number(1), 9, field('t'), 0)),
  says(
    '0x81',
    forbidden(
      'SUBSCRIBE with Subscription Identifier 0',
      subscribeWith({ with: [property.subscriptionId(0)] }, ['t', 0]),
    ),
  ),
  mute(
    forbidden(
      'SUBSCRIBE with Subscription Identifier twice',
      subscribeWith({ with: [property.subscriptionId(1), property.subscriptionId(2)] }, ['t', 0]),
    ),
  ),
  malformed(
    'SUBSCRIBE with a Subscription Identifier of five bytes',
    subscribeWith({ with: [Buffer.from([0x0b, 0x80, 0x80, 0x80, 0x80, 0x01])] }, ['t', 0]),
  ),
  malformed(
    'SUBSCRIBE with Topic Alias, which is not for it',
    subscribeWith({ with: [property.topicAlias(1)] }, ['t', 0]),
  ),
  malformed('UNSUBSCRIBE with packet id 0', unsubscribeWith({ id: 0 }, 't')),
  says('0x81', forbidden('UNSUBSCRIBE without a filter [MQTT-3.10.3-2]', unsubscribe5())),
  malformed('UNSUBSCRIBE that ends inside its filter', packet(0xa2, number(1), 0, number(9), Buffer.from('t'))),
  malformed('UNSUBSCRIBE without properties', packet(0xa2, number(1))),
  malformed('UNSUBSCRIBE with one byte too many', packet(0xa2, number(1), 0, field('t'), one)),
  says(
    '0x81',
    forbidden(
      'UNSUBSCRIBE with Subscription Identifier, which is not for it',
      unsubscribeWith({ with: [property.subscriptionId(1)] }, 't'),
    ),
  ),
];

const endings = [
  mute(forbidden('DISCONNECT with a reason that is none [MQTT-3.14.2-1]', disconnect5(0x01))),
  mute(malformed('DISCONNECT whose properties run past its end', packet(0xe0, 0, 9))),
  mute(malformed('DISCONNECT with something behind its properties', packet(0xe0, 0, 0, one))),
  mute(
    malformed('DISCONNECT with a user property that is cut off', packet(0xe0, 0, properties([user.subarray(0, 4)]))),
  ),
  mute(malformed('DISCONNECT with Topic Alias, which is not for it', disconnect5(0, [property.topicAlias(1)]))),
  mute(
    forbidden(
      'DISCONNECT with Session Expiry Interval twice',
      disconnect5(0, [property.sessionExpiry(0), property.sessionExpiry(0)]),
    ),
  ),
  mute(forbidden('AUTH without an authentication method in CONNECT [MQTT-4.12.0-6]', auth(0x18))),
  mute(
    forbidden('AUTH that asks to authenticate again [MQTT-4.12.1-1]', auth(0x19, [property.authenticationMethod('x')])),
  ),
  mute(forbidden('AUTH with a reason that is none [MQTT-3.15.2-1]', auth(0x01, [property.authenticationMethod('x')]))),
];

const illFormed: readonly (readonly [string, readonly number[]])[] = [
  ['Latin-1', [0x61, 0xfc]],
  ['an overlong slash', [0x61, 0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a character that is cut off', [0x61, 0xe2, 0x82]],
  ['something beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['U+0000', [0x61, 0x00, 0x62]],
];
const ofText = illFormed.flatMap(([what, bytes]: readonly [string, Text]) => [
  malformed(
    `${what} in a topic name [MQTT-1.5.4-1]${what === 'U+0000' ? ' [MQTT-1.5.4-2] [MQTT-4.7.3-2]' : ''}`,
    publish5(bytes, 'm'),
  ),
  malformed(`${what} in a filter of SUBSCRIBE [MQTT-3.8.3-1]`, subscribe5(['good', 1], [bytes, 1])),
  malformed(`${what} in a filter of UNSUBSCRIBE [MQTT-3.10.3-1]`, unsubscribe5('good', bytes)),
]);

const before = [
  script(
    'what comes before a malformed packet is acknowledged',
    sends('s', connect5('s'), subscribe5(['t', 0])),
    hears('s', 'connack 0x00', 'suback 1: 0'),
    enters,
    sends('a', publish5('t', 'before', { id: 7 }), publish5('t/#', 'm', { id: 8 })),
    hears('a', 'puback 7', 'disconnect 0x82', 'closed'),
    hears('s', 'publish t "before" qos 0'),
  ),
];

export const malformed5Scripts = [
  ...[...headers, ...publishes, ...publishProperties, ...acknowledgements],
  ...[...filters, ...endings, ...ofText, ...before],
];
