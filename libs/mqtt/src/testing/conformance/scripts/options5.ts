/** Subscription options: No Local, Retain As Published and Retain Handling: MQTT 5, 3.8.3.1 and 3.3.1.3. */
import { connect, packet, pingreq, publish } from '../bytes.ts';
import {
  connect5,
  noLocal,
  property,
  publish5,
  retainAsPublished,
  retainIfNew,
  retainNever,
  subscribe5,
  subscribeWith,
  unsubscribe5,
} from '../bytes5.ts';
import { butMosquitto, hears, hearsInOrder, script, sends } from '../script.ts';
import { enters5, kept, listens5, sayingNobody, subscribes5 } from './enter5.ts';

const id = property.subscriptionId;
const publishes = (topic: string, message = 'm', packetId = 1) => [
  sends('p', publish5(topic, message, { id: packetId })),
  hears('p', `puback ${packetId}`),
];
const retained = (...topics: readonly string[]) => [
  ...enters5('p'),
  sends('p', ...topics.map((topic, at) => publish5(topic, 'old', { id: at + 1, retain: true }))),
  butMosquitto(
    hears('p', ...topics.map((_, at) => `puback ${at + 1}`)),
    sayingNobody,
    ...topics.map((_, at) => `puback ${at + 1} 0x10`),
  ),
];

const optional = [
  script(
    'No Local: what it publishes itself does not come back [MQTT-3.8.3-3]',
    listens5('a', ['t', 1 + noLocal]),
    listens5('b', ['t', 0]),
    sends('a', publish5('t', 'own')),
    hears('a', 'puback 1'),
    hears('b', 'publish t "own" qos 0'),
    sends('b', publish5('t', 'other')),
    hears('b', 'puback 1', 'publish t "other" qos 0'),
    hears('a', 'publish t "other" qos 1 m1'),
  ),
  script(
    'No Local is of one subscription, not of others beside it',
    listens5('a', ['t', noLocal], ['+', 0]),
    sends('a', publish5('t', 'own')),
    hears('a', 'puback 1', 'publish t "own" qos 0'),
  ),
  script(
    'No Local holds for a will, too',
    listens5('b', ['t', noLocal]),
    enters5('a', { will: { topic: 't', message: 'gone' } }),
    sends('a', packet(0xe0, 0x04)),
    hears('a', 'closed'),
    hears('b', 'publish t "gone" qos 0'),
  ),
  script(
    'without Retain As Published the flag is not passed on [MQTT-3.3.1-12]',
    listens5('a', ['t', 0]),
    enters5('p'),
    sends('p', publish5('t', 'm', { retain: true })),
    hears('p', 'puback 1'),
    hears('a', 'publish t "m" qos 0'),
  ),
  script(
    'with Retain As Published it is, as it was [MQTT-3.3.1-13]',
    listens5('a', ['t', retainAsPublished]),
    enters5('p'),
    sends('p', publish5('t', '1', { id: 1, retain: true }), publish5('t', '2', { id: 2 })),
    hears('p', 'puback 1', 'puback 2'),
    hearsInOrder('a', 'publish t "1" qos 0 retain', 'publish t "2" qos 0'),
  ),
  script(
    'what waited for a session is marked as its subscription says',
    enters5('a', kept),
    subscribes5('a', ['t', 1 + retainAsPublished]),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('p'),
    sends('p', publish5('t', 'm', { retain: true })),
    hears('p', 'puback 1'),
    sends('a', connect5('a', kept)),
    hears('a', 'connack 0x00 present', 'publish t "m" qos 1 m1 retain'),
  ),
];

const old = (topic: string): string => `publish ${topic} "old" qos 0 retain`;
const retaining = [
  script(
    'Retain Handling 0: retained messages come [MQTT-3.3.1-5] [MQTT-3.3.1-9]',
    retained('t/1', 't/2'),
    sends('a', connect5('a'), subscribe5(['t/+', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t/1'), old('t/2')),
  ),
  script(
    'and again when it subscribes again [MQTT-3.8.4-4]',
    retained('t'),
    sends('a', connect5('a'), subscribe5(['t', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t')),
    sends('a', subscribe5(['t', 0])),
    hears('a', 'suback 1: 0', old('t')),
  ),
  script(
    'Retain Handling 1: they come to a subscription that is new, and not again [MQTT-3.3.1-10]',
    retained('t'),
    sends('a', connect5('a'), subscribe5(['t', retainIfNew])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t')),
    sends('a', subscribe5(['t', 1 + retainIfNew])),
    hears('a', 'suback 1: 1'),
    sends('a', unsubscribe5('t'), subscribe5(['t', retainIfNew])),
    hears('a', 'unsuback 2: 0', 'suback 1: 0', old('t')),
  ),
  script(
    'Retain Handling 1 in a session that is resumed',
    retained('t'),
    sends('a', connect5('a', kept), subscribe5(['t', retainIfNew])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t')),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('a', kept, 'connack 0x00 present'),
    sends('a', subscribe5(['t', retainIfNew])),
    hears('a', 'suback 1: 0'),
  ),
  script(
    'Retain Handling 2: they never come [MQTT-3.3.1-11]',
    retained('t'),
    sends('a', connect5('a'), subscribe5(['t', retainNever])),
    hears('a', 'connack 0x00', 'suback 1: 0'),
  ),
  script(
    'an empty one takes it away, and is passed on [MQTT-3.3.1-6] [MQTT-3.3.1-7]',
    retained('t'),
    listens5('w', ['t', retainNever]),
    sends('p', publish5('t', '', { id: 2, retain: true })),
    hears('p', 'puback 2'),
    hears('w', 'publish t "" qos 0'),
    listens5('a', ['t', 0]),
  ),
  script(
    'the last one counts, whatever its QoS',
    enters5('p'),
    sends('p', publish5('t', 'first', { retain: true }), publish5('t', 'old', { qos: 0, retain: true })),
    butMosquitto(hears('p', 'puback 1'), sayingNobody, 'puback 1 0x10'),
    sends('p', pingreq),
    hears('p', 'pingresp'),
    sends('a', connect5('a'), subscribe5(['t', 1])),
    hears('a', 'connack 0x00', 'suback 1: 1', old('t')),
  ),
  script(
    'a message that is not retained leaves the retained one alone [MQTT-3.3.1-8]',
    retained('t'),
    listens5('w', ['t', retainNever]),
    publishes('t', 'new', 2),
    hears('w', 'publish t "new" qos 0'),
    sends('a', connect5('a'), subscribe5(['t', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t')),
  ),
  script(
    'a retained message has its properties and the subscription id',
    enters5('p'),
    sends(
      'p',
      publish5('t', 'old', { retain: true, qos: 0, with: [property.user('k', 'v'), property.contentType('c')] }),
    ),
    sends('p', pingreq),
    hears('p', 'pingresp'),
    sends('a', connect5('a'), subscribeWith({ with: [id(9)] }, ['t', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', `${old('t')} type "c" ids 9 user k=v`),
  ),
  script(
    'a retained message of MQTT 3.1.1 comes to MQTT 5, and the other way round',
    sends('q', connect('q'), publish('t/1', 'old', { retain: true })),
    hears('q', 'connack 0', 'puback 1'),
    retained('t/2'),
    sends('a', connect5('a'), subscribe5(['t/+', 0])),
    hears('a', 'connack 0x00', 'suback 1: 0', old('t/1'), old('t/2')),
  ),
];

export const option5Scripts = [...optional, ...retaining];
