/** SUBSCRIBE and UNSUBSCRIBE, and which messages a subscription takes: MQTT 5, 3.8 to 3.11, 4.7 and 4.8. */
import { packet, pingreq } from '../bytes.ts';
import { connect5, noLocal, property, publish5, subscribe5, subscribeWith, unsubscribe5 } from '../bytes5.ts';
import { butMosquitto, hears, type Script, script, sends } from '../script.ts';
import { enters5, kept, listens5, notLooked, otherwise } from './enter5.ts';

const publishes = (topic: string, message = 'm', packetId = 1) => [
  sends('p', publish5(topic, message, { id: packetId })),
  hears('p', `puback ${packetId}`),
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
  script(
    'a filter of seventeen levels is refused',
    enters5('a'),
    sends('a', subscribe5([Array.from({ length: 17 }, () => '+').join('/'), 0], ['t', 0])),
    butMosquitto(hears('a', 'suback 1: 0x8f 0'), 'It takes two hundred.', 'suback 1: 0 0'),
  ),
  script(
    'UNSUBSCRIBE from a filter with # inside',
    enters5('a'),
    sends('a', unsubscribe5('a/#/b')),
    hears('a', 'disconnect 0x81', 'closed'),
  ),
  script(
    'a good filter beside a bad one is not taken',
    enters5('a', kept),
    sends('a', subscribe5(['t', 1], ['#/t', 1])),
    hears('a', 'disconnect 0x81', 'closed'),
    enters5('p'),
    sends('p', publish5('t', 'm')),
    hears('p', 'puback 1'),
    sends('a', connect5('a', kept)),
    butMosquitto(
      hears('a', 'connack 0x00 present'),
      'It has taken the first.',
      ...['connack 0x00 present', 'publish t "m" qos 1 m1'],
    ),
  ),
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

export const subscribe5Scripts = [...answers, ...badFilters, ...matching];
