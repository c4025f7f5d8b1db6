/** CONNECT and CONNACK: MQTT 5, 3.1 and 3.2. */
import { field, number, packet, pingreq, publish, type Text } from '../bytes.ts';
import {
  auth,
  type Connect5,
  connect5,
  disconnect5,
  type Property,
  properties,
  property,
  publish5,
  subscribe5,
} from '../bytes5.ts';
import { butMosquitto, hears, looksAt, type Script, script, sends } from '../script.ts';
import { kept, notLooked, noWord } from './enter5.ts';

const answered = (name: string, answer: string, asked: Connect5, clientId: Text = 'a'): Script =>
  script(
    name,
    sends('a', connect5(clientId, asked)),
    hears('a', answer),
    ...(answer.startsWith('connack 0x00') ? [] : [hears('a', 'closed')]),
  );
const taken = (name: string, ...list: readonly Property[]): Script => answered(name, 'connack 0x00', { with: list });
/** It may say why, and the listener does, as soon as the level is known [MQTT-3.1.4-1]. */
const refusedBytes = (name: string, bytes: Uint8Array, code = '0x81'): Script =>
  script(name, sends('a', bytes), butMosquitto(hears('a', `connack ${code}`, 'closed'), noWord, 'closed'));
/** A malformed CONNECT. */
const refused = (name: string, asked: Connect5, clientId: Text = 'a'): Script =>
  refusedBytes(name, connect5(clientId, asked));
/** A protocol error. */
const wrong = (name: string, asked: Connect5): Script => refusedBytes(name, connect5('a', asked), '0x82');
const closes = (name: string, bytes: Uint8Array): Script => script(name, sends('a', bytes), hears('a', 'closed'));
const expiry = property.sessionExpiry;

const accepted = [
  answered('a new session [MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT-3.2.2-8]', 'connack 0x00', {}),
  answered('Clean Start 0 without a session makes one [MQTT-3.1.2-6] [MQTT-3.2.2-3]', 'connack 0x00', { clean: false }),
  answered('no client id: one is assigned [MQTT-3.1.3-6] [MQTT-3.1.3-7]', 'connack 0x00 assigned-client-id', {}, ''),
  answered('no client id and Clean Start 0: one is assigned', 'connack 0x00 assigned-client-id', { clean: false }, ''),
  script(
    'assigned client ids differ [MQTT-3.2.2-16]',
    sends('a', connect5('')),
    hears('a', 'connack 0x00 assigned-client-id'),
    sends('b', connect5('')),
    hears('b', 'connack 0x00 assigned-client-id'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
  ),
  answered('a client id of 23 letters and digits [MQTT-3.1.3-5]', 'connack 0x00', {}, 'abcdefghijKLMNOPQRST012'),
  answered('a client id of 64 characters', 'connack 0x00', {}, 'x'.repeat(64)),
  answered('a client id beyond ASCII [MQTT-3.1.3-4]', 'connack 0x00', {}, 'décke-\u{1f600}'),
  script(
    'no keepalive [MQTT-3.2.2-22]',
    sends('a', connect5('a', { keepalive: 0 })),
    butMosquitto(
      hears('a', 'connack 0x00'),
      'Its longest keepalive is 65535 s, and it says so.',
      'connack 0x00 server-keep-alive 65535',
    ),
  ),
  answered('a user name and a password [MQTT-3.1.2-17] [MQTT-3.1.2-19]', 'connack 0x00', {
    ...{ userName: 'u', password: 'p' },
  }),
  answered('a user name alone', 'connack 0x00', { userName: 'u' }),
  answered('a password without a user name, which MQTT 5 allows', 'connack 0x00', { password: 'p' }),
  answered('a password that is no text', 'connack 0x00', { userName: 'u', password: [0xff, 0x00] }),
  taken('Session Expiry Interval 0', expiry(0)),
  taken('Session Expiry Interval of an hour', expiry(3600)),
  taken('Receive Maximum 1', property.receiveMaximum(1)),
  taken('Receive Maximum 65535', property.receiveMaximum(65_535)),
  taken('Maximum Packet Size of a mebibyte', property.maximumPacketSize(1_048_576)),
  taken('Topic Alias Maximum 0', property.topicAliasMaximum(0)),
  taken('Topic Alias Maximum 10', property.topicAliasMaximum(10)),
  taken('Request Response Information 0 gets none [MQTT-3.1.2-28]', property.requestResponseInformation(0)),
  taken('Request Response Information 1', property.requestResponseInformation(1)),
  taken('Request Problem Information 0', property.requestProblemInformation(0)),
  taken('Request Problem Information 1', property.requestProblemInformation(1)),
  taken('user properties, one twice', property.user('a', 'b'), property.user('a', 'b'), property.user('', '')),
  taken(
    'all its properties at once',
    ...[expiry(0), property.receiveMaximum(10), property.maximumPacketSize(10_000), property.topicAliasMaximum(5)],
    ...[property.requestResponseInformation(0), property.requestProblemInformation(1), property.user('k', 'v')],
  ),
  script(
    'says how many topic aliases and messages it takes',
    looksAt('a', 'receive-maximum', 'topic-alias-maximum'),
    sends('a', connect5('a')),
    butMosquitto(
      hears('a', 'connack 0x00 receive-maximum 1000 topic-alias-maximum 64'),
      'Its limits are others.',
      'connack 0x00 receive-maximum 1000 topic-alias-maximum 10',
    ),
  ),
  script(
    'says that it has no shared subscriptions',
    looksAt('a', 'shared-available'),
    sends('a', connect5('a')),
    butMosquitto(hears('a', 'connack 0x00 shared-available 0'), 'It has them.', 'connack 0x00'),
  ),
  answered('a will of QoS 0 [MQTT-3.1.2-12]', 'connack 0x00', { will: { topic: 'w', message: 'gone' } }),
  answered('a will of QoS 2 that is retained', 'connack 0x00', { will: { topic: 'w', qos: 2, retain: true } }),
  answered('a will with all its properties', 'connack 0x00', {
    will: {
      topic: 'w',
      message: 'gone',
      with: [
        ...[property.willDelay(5), property.payloadFormat(1), property.messageExpiry(10), property.contentType('t')],
        ...[property.responseTopic('r'), property.correlationData('c'), property.user('k', 'v')],
      ],
    },
  }),
  script(
    'packets right behind it [MQTT-3.1.4-4]',
    sends('a', connect5('a'), subscribe5(['t', 0]), pingreq),
    hears('a', 'connack 0x00', 'suback 1: 0', 'pingresp'),
  ),
  script(
    'MQTT 3.1.1 and MQTT 5 at the same server, each in its form',
    sends('a', connect5('a'), subscribe5(['t', 1])),
    hears('a', 'connack 0x00', 'suback 1: 1'),
    sends('b', packet(0x10, field('MQTT'), 4, 2, number(60), field('b')), publish('t', 'm')),
    hears('b', 'connack 0', 'puback 1'),
    hears('a', 'publish t "m" qos 1 m1'),
  ),
];

const twice = (name: string, one: Property): Script => wrong(`${name} twice`, { with: [one, one] });
const foreign = (name: string, one: Property): Script => refused(`${name}, which is not for it`, { with: [one] });
const badWill = (name: string, one: Property): Script => refused(name, { will: { topic: 'w', with: [one] } });
const mosquittoTakes = (name: string, asked: Connect5): Script =>
  script(
    name,
    sends('a', connect5('a', asked)),
    butMosquitto(hears('a', 'connack 0x82', 'closed'), notLooked, 'connack 0x00'),
  );
const mosquittoTakesWill = (name: string, one: Property): Script =>
  mosquittoTakes(name, { will: { topic: 'w', with: [one] } });

const refusedOnes = [
  answered('a level of 6 [MQTT-3.1.2-2]', 'connack 1', { level: 6 }),
  closes('another protocol [MQTT-3.1.2-1]', connect5('a', { protocol: 'HTTP' })),
  answered('the protocol name of MQTT 3.1', 'connack 1', { protocol: 'MQIsdp' }),
  refused('the reserved flag [MQTT-3.1.2-3]', { flags: 0x03 }),
  refused('QoS of a will without a will [MQTT-3.1.2-11]', { flags: 0x0a }),
  refused('retain of a will without a will [MQTT-3.1.2-13]', { flags: 0x22 }),
  refused('a will of QoS 3', { will: { topic: 'w', qos: 3 } }),
  refused('a will flag without a will [MQTT-3.1.2-9]', { flags: 0x06 }),
  refused('a user name flag without a user name', { flags: 0x82 }),
  refused('a password flag without a password', { flags: 0x42 }),
  refused('a user name that nobody announced [MQTT-3.1.2-16]', { flags: 0x02, userName: 'u' }),
  refused('a password that nobody announced [MQTT-3.1.2-18]', { flags: 0x82, userName: 'u', password: 'p' }),
  refused('one byte too many [MQTT-3.1.4-1]', { rest: [0] }),
  refusedBytes('no client id field at all [MQTT-3.1.3-3]', packet(0x10, connect5('a').subarray(2, 13))),
  refusedBytes('no properties', packet(0x10, connect5('a').subarray(2, 12))),
  closes('nothing in it', packet(0x10)),
  closes('flags in its fixed header [MQTT-2.1.3-1]', packet(0x12, connect5('a').subarray(2))),
  refusedBytes(
    'fields out of their order [MQTT-3.1.3-1]',
    packet(0x10, field('MQTT'), 5, 0x86, number(60), 0, field('a'), field('u'), 0, field('w#'), field('m')),
  ),
  refused('a client id that is ill-formed', {}, [0xff]),
  refused('a will without a topic [MQTT-4.7.3-1]', { will: { topic: '' } }),
  refused('a will with a wildcard in its topic', { will: { topic: 'w/#' } }),
  script(
    'a will on a topic of the server [MQTT-3.1.4-2]',
    sends('a', connect5('a', { will: { topic: '$SYS/x' } })),
    butMosquitto(hears('a', 'connack 0x90', 'closed'), notLooked, 'connack 0x00'),
  ),
  script(
    'a client id of more than 256 characters, which a server may reject',
    sends('a', connect5('x'.repeat(257))),
    butMosquitto(hears('a', 'connack 0x85', 'closed'), 'It has no bound for that.', 'connack 0x00'),
  ),
  script(
    'a client id with a control character, which a server may reject [MQTT-3.1.3-8]',
    sends('a', connect5('a\u0001b')),
    butMosquitto(hears('a', 'connack 0x85', 'closed'), noWord, 'closed'),
  ),
  refused('a will with an ill-formed topic [MQTT-3.1.3-11]', { will: { topic: [0xc3] } }),
  refused('an ill-formed user name [MQTT-3.1.3-12]', { userName: [0xff] }),

  twice('Session Expiry Interval', expiry(1)),
  twice('Receive Maximum', property.receiveMaximum(1)),
  twice('Maximum Packet Size', property.maximumPacketSize(100)),
  twice('Topic Alias Maximum', property.topicAliasMaximum(1)),
  twice('Request Response Information', property.requestResponseInformation(0)),
  twice('Request Problem Information', property.requestProblemInformation(0)),
  twice('Authentication Method', property.authenticationMethod('x')),
  wrong('Receive Maximum 0', { with: [property.receiveMaximum(0)] }),
  wrong('Maximum Packet Size 0', { with: [property.maximumPacketSize(0)] }),
  wrong('Request Response Information 2', { with: [property.requestResponseInformation(2)] }),
  wrong('Request Problem Information 2', { with: [property.requestProblemInformation(2)] }),
  foreign('Payload Format Indicator', property.payloadFormat(0)),
  foreign('Topic Alias', property.topicAlias(1)),
  foreign('Will Delay Interval', property.willDelay(1)),
  foreign('Assigned Client Identifier', property.assignedClientId('x')),
  foreign('Server Keep Alive', property.serverKeepAlive(1)),
  foreign('Reason String', property.reasonString('x')),
  foreign('Maximum QoS', property.maximumQos(1)),
  wrong('Subscription Identifier, which is not for it', { with: [property.subscriptionId(1)] }),
  refused('a property that does not exist', { with: [Buffer.from([0x7f, 0])] }),
  refused('a property that is cut off', { with: [Buffer.from([0x11, 0, 0])] }),
  refused('an ill-formed user property [MQTT-1.5.7-1]', { with: [property.user('k', [0xff])] }),
  refused('a user property with U+0000 in its name', { with: [property.user('a\0', 'v')] }),
  refusedBytes(
    'properties that run past its end',
    packet(0x10, field('MQTT'), 5, 2, number(60), Buffer.from([99]), field('a')),
  ),
  refusedBytes(
    'a length of properties of five bytes',
    packet(0x10, field('MQTT'), 5, 2, number(60), Buffer.from([0x80, 0x80, 0x80, 0x80, 0]), field('a')),
  ),
  badWill('Session Expiry Interval in a will', expiry(1)),
  badWill('Topic Alias in a will', property.topicAlias(1)),
  mosquittoTakesWill('Payload Format Indicator 2 in a will', property.payloadFormat(2)),
  mosquittoTakesWill('a wildcard in the Response Topic of a will', property.responseTopic('r/#')),
  wrong('Will Delay Interval twice', { will: { topic: 'w', with: [property.willDelay(1), property.willDelay(1)] } }),
  refusedBytes(
    'a will without properties',
    packet(0x10, field('MQTT'), 5, 6, number(60), properties([]), field('a'), field('w'), field('m')),
  ),
];

const takenOver = 'It closes the old connection without a word.';

const method = property.authenticationMethod('SCRAM-SHA-1');
const others = [
  answered('an authentication method that is not known [MQTT-4.12.0-1] [MQTT-3.2.2-6] [MQTT-3.2.2-7]', 'connack 0x8c', {
    with: [method],
  }),
  answered('the same with its data', 'connack 0x8c', { with: [method, property.authenticationData('x')] }),
  mosquittoTakes('authentication data without a method', { with: [property.authenticationData('x')] }),
  script(
    'behind one that is refused nothing is looked at [MQTT-3.1.4-6]',
    sends('w', connect5('w'), subscribe5(['#', 0])),
    hears('w', 'connack 0x00', 'suback 1: 0'),
    sends('a', connect5('a', { with: [method] }), publish5('t', 'm')),
    hears('a', 'connack 0x8c', 'closed'),
  ),
  closes('PUBLISH before it [MQTT-3.1.0-1]', publish5('t', 'm')),
  closes('SUBSCRIBE before it', subscribe5(['t', 1])),
  closes('DISCONNECT before it', disconnect5()),
  closes('AUTH before it', auth(0x18)),
  closes('PINGREQ before it [MQTT-3.14.0-1]', pingreq),
  script(
    'a second CONNECT [MQTT-3.1.0-2] [MQTT-3.2.0-2] [MQTT-3.14.4-2]',
    sends('a', connect5('a')),
    hears('a', 'connack 0x00'),
    sends('a', connect5('a')),
    butMosquitto(hears('a', 'disconnect 0x82', 'closed'), noWord, 'closed'),
  ),
  script(
    'a client id that is connected takes over [MQTT-3.1.4-3]',
    sends('old', connect5('same')),
    hears('old', 'connack 0x00'),
    sends('new', connect5('same')),
    hears('new', 'connack 0x00'),
    butMosquitto(hears('old', 'disconnect 0x8e', 'closed'), takenOver, 'closed'),
  ),
  script(
    'three take over one after the other',
    sends('one', connect5('same', kept)),
    hears('one', 'connack 0x00'),
    sends('two', connect5('same', kept)),
    hears('two', 'connack 0x00 present'),
    sends('three', connect5('same', kept)),
    hears('three', 'connack 0x00 present'),
    butMosquitto(hears('one', 'disconnect 0x8e', 'closed'), takenOver, 'closed'),
    butMosquitto(hears('two', 'disconnect 0x8e', 'closed'), takenOver, 'closed'),
  ),
  script(
    'MQTT 3.1.1 takes over from MQTT 5',
    sends('old', connect5('same')),
    hears('old', 'connack 0x00'),
    sends('new', packet(0x10, field('MQTT'), 4, 2, number(60), field('same'))),
    hears('new', 'connack 0'),
    butMosquitto(hears('old', 'disconnect 0x8e', 'closed'), takenOver, 'closed'),
  ),
  script(
    'MQTT 5 takes over from MQTT 3.1.1',
    sends('old', packet(0x10, field('MQTT'), 4, 2, number(60), field('same'))),
    hears('old', 'connack 0'),
    sends('new', connect5('same')),
    hears('new', 'connack 0x00'),
    hears('old', 'closed'),
  ),
];

export const connect5Scripts = [...accepted, ...refusedOnes, ...others];
