/** Subscriptions that overlap, are replaced or given up, and their ids: MQTT 5, 3.3.4, 3.8.4 and 3.10.4. */
import { packet, puback } from '../bytes.ts';
import {
  connect5,
  type Filter,
  noLocal,
  type Property,
  property,
  publish5,
  retainAsPublished,
  subscribeWith,
  unsubscribe5,
} from '../bytes5.ts';
import { acknowledges, butMosquitto, hears, script, sends } from '../script.ts';
import { enters5, kept, listens5, sayingNobody } from './enter5.ts';

const id = property.subscriptionId;
const publishes = (topic: string, message = 'm', packetId = 1) => [
  sends('p', publish5(topic, message, { id: packetId })),
  hears('p', `puback ${packetId}`),
];

const withId = (...list: readonly (readonly [readonly Property[], ...Filter[]])[]) =>
  list.flatMap(([properties, ...filters]) => [
    sends('a', subscribeWith({ with: properties }, ...filters)),
    hears('a', `suback 1: ${filters.map(([, options]) => options & 3).join(' ')}`),
  ]);
const each = 'It sends a copy for each subscription, as a server may (3.3.4).';
const keepsNoLocal = 'It keeps No Local of the first.';

const overlaps = [
  script(
    'a subscription id comes with each message [MQTT-3.3.4-3]',
    enters5('a'),
    withId([[id(268_435_455)], ['t', 0]]),
    enters5('p'),
    publishes('t'),
    hears('a', 'publish t "m" qos 0 ids 268435455'),
  ),
  script(
    'overlapping subscriptions: one copy, at the highest QoS, with all subscription ids [MQTT-3.3.4-2] [MQTT-3.3.4-4]',
    enters5('a'),
    withId([[id(1)], ['t/u', 0]], [[id(2)], ['t/+', 2]], [[id(3)], ['#', 1]]),
    enters5('p'),
    publishes('t/u'),
    butMosquitto(
      hears('a', 'publish t/u "m" qos 1 m1 ids 1 2 3'),
      each,
      ...['publish t/u "m" qos 0 ids 1', 'publish t/u "m" qos 1 m1 ids 2', 'publish t/u "m" qos 1 m2 ids 3'],
    ),
  ),
  script(
    'overlapping subscriptions of which one has an id',
    enters5('a'),
    withId([[], ['t/u', 0]], [[id(7)], ['t/+', 0]]),
    enters5('p'),
    publishes('t/u'),
    butMosquitto(
      hears('a', 'publish t/u "m" qos 0 ids 7'),
      each,
      ...['publish t/u "m" qos 0', 'publish t/u "m" qos 0 ids 7'],
    ),
  ),
  script(
    'two filters of one SUBSCRIBE have the same id, which comes for each (3.3.4)',
    enters5('a'),
    withId([[id(5)], ['t/+', 0], ['+/u', 1]]),
    enters5('p'),
    publishes('t/u'),
    butMosquitto(
      hears('a', 'publish t/u "m" qos 1 m1 ids 5 5'),
      each,
      ...['publish t/u "m" qos 0 ids 5', 'publish t/u "m" qos 1 m1 ids 5'],
    ),
  ),
  script(
    'the same filter again takes the place of the first, its id and options included [MQTT-3.8.4-3]',
    enters5('a'),
    withId([[id(1)], ['t', 1 + noLocal]], [[id(2)], ['t', 0]]),
    sends('a', publish5('t', 'm')),
    butMosquitto(hears('a', 'puback 1', 'publish t "m" qos 0 ids 2'), keepsNoLocal, 'puback 1'),
    withId([[], ['t', 1]]),
    sends('a', publish5('t', 'm')),
    butMosquitto(hears('a', 'puback 1', 'publish t "m" qos 1 m1'), keepsNoLocal, 'puback 1'),
  ),
  script(
    'the same filter again takes the place of its id and QoS, too',
    enters5('a'),
    withId([[id(1)], ['t', 1]], [[id(2)], ['t', 0]]),
    sends('a', publish5('t', 'm')),
    hears('a', 'puback 1', 'publish t "m" qos 0 ids 2'),
  ),
  script(
    'subscription ids are kept with the session',
    enters5('a', kept),
    withId([[id(4)], ['t', 1]]),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('p'),
    publishes('t'),
    sends('a', connect5('a', kept)),
    hears('a', 'connack 0x00 present', 'publish t "m" qos 1 m1 ids 4'),
    publishes('t', 'n', 2),
    hears('a', 'publish t "n" qos 1 m2 ids 4'),
  ),
  script(
    'overlapping subscriptions of a session that is away: one copy, with all subscription ids',
    enters5('a', kept),
    withId([[id(1)], ['t/u', 2]], [[id(2)], ['t/+', 1]]),
    sends('a', packet(0xe0)),
    hears('a', 'closed'),
    enters5('p'),
    publishes('t/u'),
    sends('a', connect5('a', kept)),
    butMosquitto(
      hears('a', 'connack 0x00 present', 'publish t/u "m" qos 1 m1 ids 1 2'),
      each,
      ...['connack 0x00 present', 'publish t/u "m" qos 1 m1 ids 1', 'publish t/u "m" qos 1 m2 ids 2'],
    ),
  ),
  script(
    'Retain As Published of one overlapping subscription is enough',
    listens5('a', ['t', 0], ['+', retainAsPublished]),
    enters5('p'),
    sends('p', publish5('t', 'm', { retain: true })),
    hears('p', 'puback 1'),
    butMosquitto(hears('a', 'publish t "m" qos 0 retain'), each, 'publish t "m" qos 0', 'publish t "m" qos 0 retain'),
  ),
  script(
    'a message to several sessions comes to each as it has subscribed',
    enters5('a'),
    withId([[id(1)], ['t', 1]]),
    listens5('b', ['#', 2]),
    listens5('c', ['+', 0]),
    enters5('p'),
    publishes('t'),
    hears('a', 'publish t "m" qos 1 m1 ids 1'),
    hears('b', 'publish t "m" qos 1 m1'),
    hears('c', 'publish t "m" qos 0'),
  ),
  script(
    'what is given up is not delivered any more [MQTT-3.10.4-2] [MQTT-3.10.4-4]',
    listens5('a', ['t', 1], ['u', 0]),
    sends('a', unsubscribe5('t')),
    hears('a', 'unsuback 2: 0'),
    enters5('p'),
    sends('p', publish5('t', 'm')),
    butMosquitto(hears('p', 'puback 1'), sayingNobody, 'puback 1 0x10'),
    publishes('u', 'm', 2),
    hears('a', 'publish u "m" qos 0'),
  ),
  script(
    'what it has begun to send is completed [MQTT-3.10.4-3]',
    listens5('a', ['t', 1]),
    enters5('p'),
    publishes('t'),
    hears('a', 'publish t "m" qos 1 m1'),
    sends('a', unsubscribe5('t')),
    hears('a', 'unsuback 2: 0'),
    acknowledges('a', puback),
  ),
  script(
    'a filter beside one that is given up stays [MQTT-3.10.4-1]',
    listens5('a', ['t/#', 0]),
    sends('a', unsubscribe5('t/+')),
    hears('a', 'unsuback 2: 0x11'),
    enters5('p'),
    publishes('t/u'),
    hears('a', 'publish t/u "m" qos 0'),
  ),
];

export const overlap5Scripts = overlaps;
