/** What a client allows, and what a server keeps to: MQTT 5, 3.1.2.10, 3.1.2.11, 3.3.4 and 4.9. */
import { packet, pingreq, puback, pubcomp, pubrec, pubrel } from '../bytes.ts';
import { answer5, type Connect5, connect5, property, publish5, subscribe5, unsubscribe5 } from '../bytes5.ts';
import {
  acknowledges,
  allowsAliases,
  butMosquitto,
  hears,
  hearsInOrder,
  isCut,
  looksAt,
  script,
  sends,
} from '../script.ts';
import { enters5, kept, listens5, subscribes5 } from './enter5.ts';

const publishes = (...messages: readonly string[]) => [
  sends('p', ...messages.map((message, at) => publish5('t', message, { id: at + 1 }))),
  hears('p', ...messages.map((_, at) => `puback ${at + 1}`)),
];
const receives = (maximum: number, asked: Connect5 = {}): Connect5 => ({
  ...asked,
  with: [...(asked.with ?? []), property.receiveMaximum(maximum)],
});
const takes = (bytes: number): Connect5 => ({ with: [property.maximumPacketSize(bytes)] });

const quotas = [
  script(
    'Receive Maximum 1: one after the other [MQTT-3.3.4-9] [MQTT-4.9.0-1] [MQTT-4.9.0-2]',
    enters5('a', receives(1)),
    subscribes5('a', ['t', 1]),
    enters5('p'),
    publishes('1', '2', '3'),
    hears('a', 'publish t "1" qos 1 m1'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    acknowledges('a', puback, { of: 1 }),
    hears('a', 'publish t "2" qos 1 m2'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    acknowledges('a', puback, { of: 2 }),
    hears('a', 'publish t "3" qos 1 m3'),
    acknowledges('a', puback, { of: 3 }),
  ),
  script(
    'Receive Maximum 2: two at a time',
    enters5('a', receives(2)),
    subscribes5('a', ['t', 1]),
    enters5('p'),
    publishes('1', '2', '3', '4'),
    hearsInOrder('a', 'publish t "1" qos 1 m1', 'publish t "2" qos 1 m2'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    acknowledges('a', puback, { of: 2 }),
    hears('a', 'publish t "3" qos 1 m3'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    acknowledges('a', puback, { of: 1 }),
    hears('a', 'publish t "4" qos 1 m4'),
  ),
  script(
    'QoS 2 counts until PUBCOMP',
    enters5('a', receives(1)),
    subscribes5('a', ['t', 2]),
    enters5('p'),
    sends('p', publish5('t', '1', { qos: 2, id: 1 }), publish5('t', '2', { qos: 2, id: 2 })),
    hears('p', 'pubrec 1', 'pubrec 2'),
    sends('p', answer5(pubrel, 1), answer5(pubrel, 2)),
    hears('p', 'pubcomp 1', 'pubcomp 2'),
    hears('a', 'publish t "1" qos 2 m1'),
    acknowledges('a', pubrec, { of: 1 }),
    hears('a', 'pubrel m1'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    acknowledges('a', pubcomp, { of: 1 }),
    hears('a', 'publish t "2" qos 2 m2'),
  ),
  script(
    'a PUBREC of failure frees a place',
    enters5('a', receives(1)),
    subscribes5('a', ['t', 2]),
    enters5('p'),
    sends('p', publish5('t', '1', { qos: 2, id: 1 }), publish5('t', '2', { qos: 2, id: 2 })),
    hears('p', 'pubrec 1', 'pubrec 2'),
    sends('p', answer5(pubrel, 1), answer5(pubrel, 2)),
    hears('p', 'pubcomp 1', 'pubcomp 2'),
    hears('a', 'publish t "1" qos 2 m1'),
    acknowledges('a', pubrec, { of: 1, rest: [0x80] }),
    hears('a', 'publish t "2" qos 2 m2'),
  ),
  script(
    'QoS 0 and everything else goes on [MQTT-3.3.4-10] [MQTT-4.9.0-3]',
    enters5('a', receives(1)),
    subscribes5('a', ['t', 1], ['z', 0]),
    enters5('p'),
    publishes('1', '2'),
    hears('a', 'publish t "1" qos 1 m1'),
    sends('p', publish5('z', '0', { qos: 0 })),
    hears('a', 'publish z "0" qos 0'),
    sends('a', subscribe5(['u', 0]), unsubscribe5('u'), publish5('v', 'm', { qos: 2 })),
    hears('a', 'suback 1: 0', 'unsuback 2: 0', 'pubrec 1'),
    acknowledges('a', puback, { of: 1 }),
    hears('a', 'publish t "2" qos 1 m2'),
  ),
  script(
    'it is of the connection: what is sent again keeps to a smaller one',
    enters5('a', kept),
    subscribes5('a', ['t', 1]),
    enters5('p'),
    publishes('1', '2'),
    hearsInOrder('a', 'publish t "1" qos 1 m1', 'publish t "2" qos 1 m2'),
    isCut('a'),
    sends('a', connect5('a', receives(1, kept))),
    hears('a', 'connack 0x00 present', 'publish t "1" qos 1 m1 dup'),
    acknowledges('a', puback, { of: 1 }),
    hears('a', 'publish t "2" qos 1 m2 dup'),
  ),
];

const long = 'x'.repeat(100);
const sizes = [
  script(
    'what is larger than the client takes is dropped, and counts as delivered [MQTT-3.1.2-24] [MQTT-3.1.2-25]',
    enters5('a', takes(50)),
    subscribes5('a', ['t', 1]),
    enters5('p'),
    publishes('1', long, '3'),
    hearsInOrder('a', 'publish t "1" qos 1 m1', 'publish t "3" qos 1 m2'),
  ),
  script(
    'the same of QoS 0, and of one subscriber only',
    enters5('a', takes(50)),
    subscribes5('a', ['t', 0]),
    listens5('b', ['t', 0]),
    enters5('p'),
    publishes(long),
    hears('b', `publish t "${long}" qos 0`),
  ),
  script(
    'a packet of exactly that size is sent',
    enters5('a', takes(25)),
    subscribes5('a', ['t', 1]),
    enters5('p'),
    // Fixed header 2, topic 3, packet id 2, properties 1.
    publishes('x'.repeat(18), 'x'.repeat(17)),
    butMosquitto(
      hears('a', `publish t "${'x'.repeat(17)}" qos 1 m1`),
      'It does not count the first byte.',
      ...[`publish t "${'x'.repeat(18)}" qos 1 m1`, `publish t "${'x'.repeat(17)}" qos 1 m2`],
    ),
  ),
  script(
    'what waited and is larger than the client takes now is dropped',
    enters5('a', kept),
    subscribes5('a', ['t', 1]),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('p'),
    publishes('1', long, '3'),
    sends('a', connect5('a', { ...kept, with: [...(kept.with ?? []), property.maximumPacketSize(50)] })),
    hears('a', 'connack 0x00 present', 'publish t "1" qos 1 m1', 'publish t "3" qos 1 m2'),
  ),
  script(
    'a retained message that is too large is not sent',
    enters5('p'),
    listens5('w', ['#', 0]),
    sends('p', publish5('t/1', long, { id: 1, retain: true }), publish5('t/2', 'm', { id: 2, retain: true })),
    hears('p', 'puback 1', 'puback 2'),
    hears('w', `publish t/1 "${long}" qos 0`, 'publish t/2 "m" qos 0'),
    sends('a', connect5('a', takes(50)), subscribe5(['t/+', 1])),
    hears('a', 'connack 0x00', 'suback 1: 1', 'publish t/2 "m" qos 1 m1 retain'),
  ),
  script(
    'its answers are within it, with no reason string that makes them larger [MQTT-3.2.2-19]',
    enters5('a', takes(40)),
    looksAt('a', 'reason-string'),
    listens5('w', ['#', 0]),
    sends('a', subscribe5(['t', 0]), publish5('t', 'm')),
    hears('a', 'suback 1: 0', 'puback 1', 'publish t "m" qos 0'),
    hears('w', 'publish t "m" qos 0'),
  ),
];

const none = 'It has shared subscriptions, understands nothing of what it passes on, and gives no reason strings.';
const terse = [
  script(
    'a reason string that would be too long is left out [MQTT-3.9.2-1] [MQTT-3.11.2-1] [MQTT-3.4.2-2] [MQTT-3.5.2-2]',
    enters5('a', takes(20)),
    looksAt('a', 'reason-string'),
    sends('a', subscribe5(['$share/g/t', 0]), unsubscribe5('t')),
    butMosquitto(hears('a', 'suback 1: 0x9e', 'unsuback 2: 0x11'), none, 'suback 1: 0', 'unsuback 2: 0x11'),
    sends('a', publish5('t', '!1', { id: 1 }), publish5('t', '!2', { id: 2, qos: 2 })),
    butMosquitto(
      hears('a', 'puback 1 0x99', 'pubrec 2 0x99'),
      none,
      ...['puback 1', 'pubrec 2', 'publish t "!1" qos 0'],
    ),
  ),
  script(
    'so is that of a DISCONNECT [MQTT-3.14.2-3]',
    enters5('a', takes(20)),
    looksAt('a', 'reason-string'),
    sends('a', publish5('t/#', 'm')),
    hears('a', 'disconnect 0x82', 'closed'),
  ),
  script(
    'otherwise it says why',
    looksAt('a', 'reason-string'),
    enters5('a'),
    sends('a', subscribe5(['$share/g/t', 0]), publish5('t', '!m')),
    butMosquitto(
      hears('a', 'suback 1: 0x9e reason-string', 'puback 1 0x99 reason-string'),
      none,
      ...['suback 1: 0', 'puback 1', 'publish t "!m" qos 0'],
    ),
    sends('a', publish5('$t', 'm')),
    butMosquitto(hears('a', 'disconnect 0x90 reason-string', 'closed'), none, 'puback 1 0x10'),
  ),
];

const aliases = [
  script(
    'without a Topic Alias Maximum no alias is set [MQTT-3.1.2-27]',
    listens5('a', ['long/topic/#', 0]),
    enters5('p'),
    sends('p', ...[1, 2, 3].map((id) => publish5('long/topic/name', String(id), { id }))),
    hears('p', 'puback 1', 'puback 2', 'puback 3'),
    hearsInOrder('a', ...[1, 2, 3].map((id) => `publish long/topic/name "${id}" qos 0`)),
  ),
  script(
    'with one aliases may be set, up to it [MQTT-3.1.2-26] [MQTT-3.3.2-11]',
    allowsAliases('a', 2),
    enters5('a', { with: [property.topicAliasMaximum(2)] }),
    subscribes5('a', ['long/#', 0]),
    enters5('p'),
    sends('p', ...[1, 2, 3, 4, 5, 6].map((id) => publish5(`long/topic/${id % 3}`, String(id), { id }))),
    hears('p', ...[1, 2, 3, 4, 5, 6].map((id) => `puback ${id}`)),
    hearsInOrder('a', ...[1, 2, 3, 4, 5, 6].map((id) => `publish long/topic/${id % 3} "${id}" qos 0`)),
  ),
  script(
    'a client sets aliases that its subscribers know nothing of',
    listens5('a', ['t', 1]),
    enters5('p'),
    sends('p', publish5('t', 'm', { with: [property.topicAlias(3)] })),
    hears('p', 'puback 1'),
    hears('a', 'publish t "m" qos 1 m1'),
  ),
];

const problems = [
  script(
    'Request Problem Information 0: no reason strings or user properties but in CONNACK, PUBLISH and DISCONNECT [MQTT-3.1.2-29]',
    looksAt('a', 'reason-string'),
    enters5('a', { with: [property.requestProblemInformation(0)] }),
    sends('a', subscribe5(['u', 0], ['$share/g/t', 0]), unsubscribe5('none'), publish5('t', '!m')),
    butMosquitto(
      hears('a', 'suback 1: 0 0x9e', 'unsuback 2: 0x11', 'puback 1 0x99'),
      'It has shared subscriptions, and understands nothing of what it passes on.',
      ...['suback 1: 0 0', 'unsuback 2: 0x11', 'puback 1', 'publish t "!m" qos 0'],
    ),
  ),
];

export const flow5Scripts = [...quotas, ...sizes, ...terse, ...aliases, ...problems];
