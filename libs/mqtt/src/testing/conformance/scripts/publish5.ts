/** PUBLISH in both directions, its properties and its acknowledgements: MQTT 5, 3.3 to 3.7 and 4.3. */
import { connect, packet, puback, pubcomp, publish, pubrec, pubrel, subscribe } from '../bytes.ts';
import { answer5, connect5, type Property, property, publish5, subscribeWith } from '../bytes5.ts';
import {
  acknowledges,
  butMosquitto,
  hears,
  hearsInOrder,
  looksAt,
  passes,
  type Script,
  script,
  sends,
} from '../script.ts';
import { enters5, kept, listens5, otherwise, sayingNobody, subscribes5 } from './enter5.ts';

const both = [listens5('a', ['t', 2]), enters5('p')];
const { user } = property;

const deliveries = [
  script(
    'QoS 0 is not acknowledged [MQTT-4.3.1-1] [MQTT-2.2.1-2]',
    ...both,
    sends('p', publish5('t', 'm', { qos: 0 })),
    hears('a', 'publish t "m" qos 0'),
  ),
  script(
    'QoS 1 [MQTT-4.3.2-2] [MQTT-4.3.2-4] [MQTT-3.3.4-1] [MQTT-2.2.1-5]',
    ...both,
    sends('p', publish5('t', 'm', { id: 77 })),
    hears('p', 'puback 77'),
    hears('a', 'publish t "m" qos 1 m1'),
    acknowledges('a', puback),
  ),
  script(
    'QoS 2 [MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-4.3.3-8] [MQTT-4.3.3-11]',
    ...both,
    sends('p', publish5('t', 'm', { qos: 2, id: 77 })),
    hears('p', 'pubrec 77'),
    sends('p', answer5(pubrel, 77)),
    hears('p', 'pubcomp 77'),
    hears('a', 'publish t "m" qos 2 m1'),
    acknowledges('a', pubrec),
    hears('a', 'pubrel m1'),
    acknowledges('a', pubcomp),
  ),
  script(
    'acknowledgements with reason and properties are those without',
    ...both,
    sends('p', publish5('t', 'm', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', answer5(pubrel, 1, 0, [property.reasonString('so'), user('k', 'v')])),
    hears('p', 'pubcomp 1'),
    hears('a', 'publish t "m" qos 2 m1'),
    acknowledges('a', pubrec, { rest: [0, 0] }),
    hears('a', 'pubrel m1'),
    acknowledges('a', pubcomp, { rest: [0] }),
  ),
  script(
    'each subscriber gets the lower QoS [MQTT-3.8.4-8]',
    listens5('a', ['t', 0]),
    listens5('b', ['t', 1]),
    enters5('p'),
    sends('p', publish5('t', 'm', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', answer5(pubrel, 1)),
    hears('p', 'pubcomp 1'),
    hears('a', 'publish t "m" qos 0'),
    hears('b', 'publish t "m" qos 1 m1'),
  ),
  script(
    'QoS 2 that is sent again is delivered once, and then its id is free [MQTT-4.3.3-10] [MQTT-4.3.3-12]',
    listens5('a', ['t', 0]),
    enters5('p'),
    sends('p', publish5('t', '1', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', publish5('t', '1', { qos: 2, dup: true })),
    hears('p', 'pubrec 1'),
    sends('p', answer5(pubrel, 1)),
    hears('p', 'pubcomp 1'),
    sends('p', publish5('t', '2', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', answer5(pubrel, 1)),
    hears('p', 'pubcomp 1'),
    hearsInOrder('a', 'publish t "1" qos 0', 'publish t "2" qos 0'),
  ),
  script(
    'an id that was acknowledged is a new message, even with DUP [MQTT-4.3.2-5] [MQTT-3.3.1-3]',
    listens5('a', ['t', 0]),
    enters5('p'),
    sends('p', publish5('t', '1'), publish5('t', '2', { dup: true })),
    hearsInOrder('p', 'puback 1', 'puback 1'),
    hearsInOrder('a', 'publish t "1" qos 0', 'publish t "2" qos 0'),
  ),
  script(
    'order is kept [MQTT-4.6.0-5] [MQTT-4.6.0-6]',
    listens5('a', ['#', 1]),
    enters5('p'),
    sends('p', publish5('t', '1', { id: 1 }), publish5('t', '2', { id: 2 }), publish5('t', '3', { id: 3 })),
    hearsInOrder('p', 'puback 1', 'puback 2', 'puback 3'),
    hearsInOrder('a', 'publish t "1" qos 1 m1', 'publish t "2" qos 1 m2', 'publish t "3" qos 1 m3'),
  ),
  script(
    'the client refuses QoS 1 and QoS 2, which ends them [MQTT-4.4.0-2]',
    enters5('a', kept),
    subscribes5('a', ['t', 2]),
    enters5('p'),
    sends('p', publish5('t', '1', { id: 1 }), publish5('t', '2', { id: 2, qos: 2 })),
    hears('p', 'puback 1', 'pubrec 2'),
    sends('p', answer5(pubrel, 2)),
    hears('p', 'pubcomp 2'),
    hears('a', 'publish t "1" qos 1 m1', 'publish t "2" qos 2 m2'),
    acknowledges('a', puback, { of: 1, rest: [0x83] }),
    acknowledges('a', pubrec, { of: 2, rest: [0x83, 0] }),
    sends('a', packet(0xc0)),
    hears('a', 'pingresp'),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('a', kept, 'connack 0x00 present'),
  ),
  script(
    'PUBREL of what was never published',
    enters5('p'),
    sends('p', answer5(pubrel, 9)),
    butMosquitto(hears('p', 'pubcomp 9 0x92'), 'It does not say so.', 'pubcomp 9'),
  ),
  script(
    'PUBREC of what was never sent',
    enters5('p'),
    sends('p', answer5(pubrec, 9)),
    butMosquitto(hears('p', 'pubrel m1 0x92'), 'It does not say so.', 'pubrel m1'),
  ),
  script('PUBACK of what was never sent is ignored', enters5('p'), sends('p', answer5(puback, 9))),
  script('PUBCOMP of what was never sent is ignored', enters5('p'), sends('p', answer5(pubcomp, 9))),
  script(
    'a message that nobody subscribes to is a success',
    enters5('p'),
    sends('p', publish5('t', 'm')),
    butMosquitto(hears('p', 'puback 1'), sayingNobody, 'puback 1 0x10'),
    sends('p', publish5('t', 'm', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', answer5(pubrel, 1)),
    hears('p', 'pubcomp 1'),
  ),
  script(
    'a byte order mark is a character [MQTT-1.5.4-3]',
    listens5('a', ['#', 0]),
    sends('a', publish5('\ufefft', 'm')),
    hears('a', 'puback 1', 'publish \ufefft "m" qos 0'),
  ),
  script(
    'comes back to who publishes it, unless told otherwise',
    listens5('a', ['t', 0]),
    sends('a', publish5('t', 'm')),
    hears('a', 'puback 1', 'publish t "m" qos 0'),
  ),
  script(
    'an empty message',
    listens5('a', ['t', 0]),
    sends('a', publish5('t', '', { qos: 0 })),
    hears('a', 'publish t "" qos 0'),
  ),
];

const carries = (name: string, shown: string, ...list: readonly Property[]): Script =>
  script(
    name,
    ...both,
    sends('p', publish5('t', 'm', { with: list })),
    hears('p', 'puback 1'),
    hears('a', `publish t "m" qos 1 m1 ${shown}`.trim()),
  );

const carried = [
  carries('Payload Format Indicator 1 is passed on [MQTT-3.3.2-4]', 'format 1', property.payloadFormat(1)),
  carries('Payload Format Indicator 0 is', 'format 0', property.payloadFormat(0)),
  carries('Content Type is passed on [MQTT-3.3.2-20]', 'type "text/plain"', property.contentType('text/plain')),
  carries('an empty Content Type is', 'type ""', property.contentType('')),
  carries('Response Topic is passed on [MQTT-3.3.2-15]', 'response "r/1"', property.responseTopic('r/1')),
  carries(
    'Correlation Data is passed on [MQTT-3.3.2-16]',
    'correlation "\\u0000ÿ1"',
    property.correlationData([0, 0xff, 0x31]),
  ),
  carries(
    'user properties are passed on in their order [MQTT-3.3.2-17] [MQTT-3.3.2-18]',
    'user b=1 user a=2 user b=3 user =',
    ...[user('b', '1'), user('a', '2'), user('b', '3'), user('', '')],
  ),
  carries(
    'user properties between others keep their order',
    'format 1 type "t" user b=1 user a=2',
    ...[user('b', '1'), property.contentType('t'), user('a', '2'), property.payloadFormat(1)],
  ),
  carries('Message Expiry Interval is passed on', 'expiry ~60', property.messageExpiry(60)),
  carries(
    'all of them are',
    'format 1 expiry ~60 type "t" response "r" correlation "c" user k=v',
    ...[property.payloadFormat(1), property.messageExpiry(60), property.contentType('t'), property.responseTopic('r')],
    ...[property.correlationData('c'), user('k', 'v')],
  ),
  script(
    'properties are not for MQTT 3.1.1',
    sends('a', connect('a'), subscribe(['t', 1])),
    hears('a', 'connack 0', 'suback 1: 1'),
    enters5('p'),
    sends('p', publish5('t', 'm', { with: [user('k', 'v'), property.contentType('t')] })),
    hears('p', 'puback 1'),
    hears('a', 'publish t "m" qos 1 m1'),
  ),
  script(
    'a message of MQTT 3.1.1 has none',
    listens5('a', ['t', 1]),
    sends('p', connect('p'), publish('t', 'm')),
    hears('p', 'connack 0', 'puback 1'),
    hears('a', 'publish t "m" qos 1 m1'),
  ),
  script(
    'a payload that is not what its format says is taken all the same',
    ...both,
    sends('p', publish5('t', [0xff], { with: [property.payloadFormat(1)] })),
    hears('p', 'puback 1'),
    hears('a', 'publish t "\ufffd" qos 1 m1 format 1'),
  ),
];

const expiring = [
  script(
    'what has expired while its subscriber was away is not delivered, and the rest says what is left [MQTT-3.3.2-5] [MQTT-3.3.2-6]',
    enters5('a', kept),
    subscribes5('a', ['t', 1]),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('p'),
    sends('p', publish5('t', 'short', { id: 1, with: [property.messageExpiry(1)] })),
    sends('p', publish5('t', 'long', { id: 2, with: [property.messageExpiry(31)] })),
    hears('p', 'puback 1', 'puback 2'),
    passes(2100),
    sends('a', connect5('a', kept)),
    hears('a', 'connack 0x00 present', 'publish t "long" qos 1 m1 expiry ~30'),
  ),
  script(
    'a retained message expires',
    listens5('w', ['#', 0]),
    enters5('p'),
    sends('p', publish5('t/short', 'm', { retain: true, id: 1, with: [property.messageExpiry(1)] })),
    sends('p', publish5('t/long', 'm', { retain: true, id: 2, with: [property.messageExpiry(31)] })),
    hears('p', 'puback 1', 'puback 2'),
    hears('w', 'publish t/short "m" qos 0 expiry ~10', 'publish t/long "m" qos 0 expiry ~40'),
    passes(2100),
    sends('a', connect5('a'), subscribeWith({}, ['t/+', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', 'publish t/long "m" qos 0 retain expiry ~30'),
  ),
];

const aliased = (topic: string, message: string, alias: number, id: number): Buffer =>
  publish5(topic, message, { id, with: [property.topicAlias(alias)] });
const badAlias = (name: string, ...packets: readonly Buffer[]): Script =>
  script(name, enters5('p'), sends('p', ...packets), hears('p', 'disconnect 0x94', 'closed'));

const aliases = [
  script(
    'a topic alias stands for its topic, and for another one when it is set again [MQTT-3.3.2-12]',
    listens5('a', ['#', 0]),
    enters5('p'),
    sends(
      'p',
      aliased('t/1', '1', 10, 1),
      aliased('', '2', 10, 2),
      aliased('t/2', '3', 10, 3),
      aliased('', '4', 10, 4),
    ),
    hears('p', 'puback 1', 'puback 2', 'puback 3', 'puback 4'),
    hearsInOrder(
      'a',
      ...['publish t/1 "1" qos 0', 'publish t/1 "2" qos 0', 'publish t/2 "3" qos 0', 'publish t/2 "4" qos 0'],
    ),
  ),
  script(
    'topic aliases are those of one connection [MQTT-3.3.2-7]',
    enters5('p', kept),
    listens5('a', ['#', 0]),
    sends('p', aliased('t', '1', 1, 1)),
    hears('p', 'puback 1'),
    hears('a', 'publish t "1" qos 0'),
    sends('p', packet(0xe0)),
    hears('p', 'closed'),
    enters5('p', kept, 'connack 0x00 present'),
    sends('p', aliased('', '2', 1, 2)),
    hears('p', 'disconnect 0x82', 'closed'),
  ),
  script(
    'topic aliases of two clients are not mixed up',
    listens5('a', ['#', 0]),
    enters5('p'),
    enters5('q'),
    sends('p', aliased('t/p', '1', 1, 1)),
    hears('p', 'puback 1'),
    sends('q', aliased('t/q', '2', 1, 1)),
    hears('q', 'puback 1'),
    sends('p', aliased('', '3', 1, 2)),
    hears('p', 'puback 2'),
    hearsInOrder('a', 'publish t/p "1" qos 0', 'publish t/q "2" qos 0', 'publish t/p "3" qos 0'),
  ),
  otherwise(
    badAlias('topic alias 0 [MQTT-3.3.2-8]', aliased('t', 'm', 0, 1)),
    'It says 0x81.',
    ...['disconnect 0x81', 'closed'],
  ),
  badAlias('a topic alias beyond the maximum [MQTT-3.3.2-9]', aliased('t', 'm', 65_535, 1)),
  script(
    'a topic alias that was never set',
    enters5('p'),
    sends('p', aliased('', 'm', 1, 1)),
    hears('p', 'disconnect 0x82', 'closed'),
  ),
  script('no topic and no alias', enters5('p'), sends('p', publish5('', 'm')), hears('p', 'disconnect 0x82', 'closed')),
];

const topicRefused = (name: string, topic: string): Script =>
  script(name, enters5('p'), sends('p', publish5(topic, 'm')), hears('p', 'disconnect 0x82', 'closed'));

const refusals = [
  topicRefused('PUBLISH to # [MQTT-3.3.2-2] [MQTT-4.7.0-1]', 't/#'),
  topicRefused('PUBLISH to +', 't/+/x'),
  script(
    'clients do not publish on topics of the server',
    enters5('p'),
    sends('p', publish5('$SYS/x', 'm')),
    butMosquitto(
      hears('p', 'disconnect 0x90', 'closed'),
      'It answers that it is not authorized.',
      'puback 1 0x87',
      'closed',
    ),
  ),
  script(
    'what cannot be understood is in quarantine, and its PUBACK says so',
    enters5('p'),
    sends('p', publish5('t', '!m', { id: 5 })),
    butMosquitto(hears('p', 'puback 5 0x99'), 'It understands nothing of what it passes on.', 'puback 5 0x10'),
  ),
  script(
    'a PUBREC of failure ends it: its id is free [MQTT-4.3.3-9]',
    listens5('a', ['t', 0]),
    enters5('p'),
    sends('p', publish5('u', '!m', { id: 5, qos: 2 })),
    butMosquitto(hears('p', 'pubrec 5 0x99'), 'It understands nothing of what it passes on.', 'pubrec 5'),
    sends('p', publish5('t', 'm', { id: 5, qos: 2 })),
    hears('p', 'pubrec 5'),
    sends('p', answer5(pubrel, 5)),
    hears('p', 'pubcomp 5'),
    hears('a', 'publish t "m" qos 0'),
  ),
  script(
    'more QoS 2 messages than the Receive Maximum allows',
    looksAt('p', 'receive-maximum'),
    sends('p', connect5('p')),
    hears('p', 'connack 0x00 receive-maximum 1000'),
    sends('p', ...Array.from({ length: 1001 }, (_, at) => publish5('t', 'm', { qos: 2, id: at + 1 }))),
    butMosquitto(
      hears('p', ...Array.from({ length: 1000 }, (_, at) => `pubrec ${at + 1}`), 'disconnect 0x93', 'closed'),
      'It says so in a PUBREC.',
      ...[...Array.from({ length: 1000 }, (_, at) => `pubrec ${at + 1}`), 'pubrec 1001 0x97', 'closed'],
    ),
  ),
];

export const publish5Scripts = [...deliveries, ...carried, ...expiring, ...aliases, ...refusals];
