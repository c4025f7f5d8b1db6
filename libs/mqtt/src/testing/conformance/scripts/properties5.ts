/** Properties of PUBLISH: what is passed on, what expires, and topic aliases: MQTT 5, 3.3.2.3. */
import { connect, packet, publish, subscribe } from '../bytes.ts';
import { connect5, type Property, property, publish5, subscribeWith } from '../bytes5.ts';
import { hears, hearsInOrder, passes, type Script, script, sends } from '../script.ts';
import { enters5, kept, listens5, otherwise, subscribes5 } from './enter5.ts';

const both = [listens5('a', ['t', 2]), enters5('p')];
const { user } = property;

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

export const property5Scripts = [...carried, ...expiring, ...aliases];
