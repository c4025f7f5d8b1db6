/** SUBSCRIBE and UNSUBSCRIBE, and which messages a subscription takes: MQTT 5, 3.8 to 3.11, 4.7 and 4.8. */
import { connect, packet, pingreq, puback, publish } from '../bytes.ts';
import {
  connect5,
  type Filter,
  noLocal,
  type Property,
  property,
  publish5,
  retainAsPublished,
  retainIfNew,
  retainNever,
  subscribe5,
  subscribeWith,
  unsubscribe5,
} from '../bytes5.ts';
import { acknowledges, butMosquitto, hears, hearsInOrder, type Script, script, sends } from '../script.ts';
import { enters5, kept, listens5, notLooked, otherwise, sayingNobody, subscribes5 } from './enter5.ts';

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

const answers = [
  script(
    'each filter is answered in its order [MQTT-3.8.4-1] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1]',
    enters5('a'),
    sends('a', subscribe5(['t', 2], ['u/#', 0], ['v/+', 1])),
    hears('a', 'suback 1: 2 0 1'),
  ),
  script(
    'its packet id is that of the request [MQTT-3.8.4-2] [MQTT-2.2.1-6]',
    enters5('a'),
    sends('a', subscribeWith({ id: 65_535 }, ['t', 0])),
    hears('a', 'suback 65535: 0'),
  ),
  script(
    'a filter among several is refused by itself [MQTT-3.8.4-5] [MQTT-3.9.3-2]',
    enters5('a'),
    sends('a', subscribe5(['t', 1], ['$share/g/t', 1], ['u', 0])),
    butMosquitto(
      hears('a', 'suback 1: 1 0x9e 0'),
      'It has shared subscriptions; the listener has not, for they give up order.',
      'suback 1: 1 1 0',
    ),
  ),
  script(
    'shared subscriptions are refused [MQTT-4.8.2-1]',
    enters5('a'),
    sends('a', subscribe5(['$share/group/t/#', 2])),
    butMosquitto(
      hears('a', 'suback 1: 0x9e'),
      'It has shared subscriptions; the listener has not, for they give up order.',
      'suback 1: 2',
    ),
  ),
  script(
    'No Local on a shared subscription is a protocol error [MQTT-3.8.3-4]',
    enters5('a'),
    sends('a', subscribe5(['$share/g/t', 1 + noLocal])),
    butMosquitto(hears('a', 'disconnect 0x82', 'closed'), notLooked, 'suback 1: 1'),
  ),
  script(
    'topics of the server are refused',
    enters5('a'),
    sends('a', subscribe5(['$SYS/nothing', 0], ['$other', 0])),
    butMosquitto(
      hears('a', 'suback 1: 0x87 0x87'),
      'It publishes about itself there; the listener has metrics.',
      'suback 1: 0 0',
    ),
  ),
  script(
    'UNSUBSCRIBE says for each filter whether it was there [MQTT-3.11.3-1] [MQTT-3.11.3-2] [MQTT-3.10.4-5] [MQTT-3.10.4-6]',
    listens5('a', ['t', 1], ['u', 0]),
    sends('a', unsubscribe5('t', 'x', 'u')),
    hears('a', 'unsuback 2: 0 0x11 0'),
    sends('a', unsubscribe5('t')),
    hears('a', 'unsuback 2: 0x11'),
  ),
  script('a ping is answered [MQTT-3.12.4-1]', enters5('a'), sends('a', pingreq), hears('a', 'pingresp')),
  script(
    'a user property in SUBSCRIBE and UNSUBSCRIBE',
    enters5('a'),
    sends('a', subscribeWith({ with: [property.user('k', 'v'), property.user('k', 'v')] }, ['t', 0])),
    hears('a', 'suback 1: 0'),
    sends('a', packet(0xa2, Buffer.from([0, 2, 7, 0x26, 0, 1, 0x6b, 0, 1, 0x76, 0, 1, 0x74]))),
    hears('a', 'unsuback 2: 0'),
  ),
];

const malformed = (name: string, filter: string): Script =>
  script(name, enters5('a'), sends('a', subscribe5([filter, 0])), hears('a', 'disconnect 0x81', 'closed'));
const badFilters = [
  malformed('no filter at all [MQTT-4.7.3-1]', ''),
  malformed('# inside [MQTT-4.7.1-1]', 'a/#/b'),
  malformed('# behind a name', 'a#'),
  malformed('# before a name', '#a'),
  malformed('+ beside a name [MQTT-4.7.1-2]', 'a/b+'),
  malformed('+ before a name', '+a/b'),
  malformed('++', '++'),
  otherwise(malformed('$share without a group', '$share//t'), notLooked, 'suback 1: 0'),
  otherwise(malformed('$share without a filter [MQTT-4.8.2-2]', '$share/g'), notLooked, 'suback 1: 0'),
  otherwise(malformed('$share with nothing behind its group', '$share/g/'), notLooked, 'suback 1: 0'),
  malformed('$share with a wildcard in its group', '$share/g+/t'),
];

/** A filter takes the one and not the other. */
const takes = (filter: string, yes: readonly string[], no: readonly string[], numbers = ''): Script =>
  script(
    `${filter} takes ${yes.join(', ')}${no.length === 0 ? '' : ` and not ${no.join(', ')}`}${numbers}`,
    listens5('w', ['#', 0]),
    listens5('a', [filter, 0]),
    enters5('p'),
    [...no, ...yes].flatMap((topic, at) => publishes(topic, 'm', at + 1)),
    hears('w', ...[...no, ...yes].map((topic) => `publish ${topic} "m" qos 0`)),
    hears('a', ...yes.map((topic) => `publish ${topic} "m" qos 0`)),
  );
const matching = [
  takes('t', ['t'], ['t/', '/t', 'T', 'tt'], ' [MQTT-3.3.2-3] [MQTT-4.7.3-4]'),
  takes('t/#', ['t', 't/', 't/u', 't/u/v'], ['tt', 'u']),
  takes('+', ['t'], ['t/u', '/t', 't/']),
  takes('+/+', ['t/u', '/t', '/'], ['t', 't/u/v']),
  takes('t/+/v', ['t/u/v', 't//v'], ['t/v', 't/u/v/w']),
  takes('+/u/#', ['t/u', 't/u/v'], ['u', 't/v']),
  takes('t/$x', ['t/$x'], []),
  script(
    'a wildcard at the beginning takes no topics of the server [MQTT-4.7.2-1]',
    listens5('a', ['#', 0], ['+/broker/uptime', 0], ['+/#', 0]),
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

export const subscribe5Scripts = [...[...answers, ...badFilters, ...matching, ...optional, ...retaining, ...overlaps]];
