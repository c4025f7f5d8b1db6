/** SUBSCRIBE, UNSUBSCRIBE, and which messages a filter takes: MQTT 3.1.1, 3.8 to 3.11 and 4.7. */
import { answer, connect, pingreq, publish, pubrec, pubrel, subscribe, subscribeAs, unsubscribe } from '../bytes.ts';
import { acknowledges, butMosquitto, hears, script, sends } from '../script.ts';

const enters = (client: string, ...filters: readonly (readonly [string, number])[]) => [
  sends(client, connect(client)),
  hears(client, 'connack 0'),
  ...(filters.length === 0
    ? []
    : [sends(client, subscribe(...filters)), hears(client, `suback 1: ${filters.map(([, qos]) => qos).join(' ')}`)]),
];
const publishes = (topic: string, id = 1) => [sends('p', publish(topic, 'm', { id })), hears('p', `puback ${id}`)];

const firstOnly = 'It delivers for whichever filter it comes to first.';

/** A filter takes the one and not the other. */
const takes = (filter: string, yes: readonly string[], no: readonly string[], numbers = '') =>
  script(
    `${filter} takes ${yes.join(', ')}${no.length === 0 ? '' : ` and not ${no.join(', ')}`}${numbers}`,
    enters('a', [filter, 0]),
    enters('p'),
    [...no, ...yes].flatMap((topic, index) => publishes(topic, index + 1)),
    hears('a', ...yes.map((topic) => `publish ${topic} "m" qos 0`)),
  );

export const subscriptionScripts = [
  takes('t', ['t'], ['t/', '/t', 'T', 'tt'], ' [MQTT-3.3.2-3] [MQTT-4.7.3-4]'),
  takes('#', ['t', '/', 't/u', '/t'], [], ' [MQTT-3.8.3-2]'),
  takes('t/#', ['t', 't/', 't/u', 't/u/v'], ['tt', 'u']),
  takes('+', ['t'], ['t/u', '/t', 't/']),
  takes('+/+', ['t/u', '/t', '/'], ['t', 't/u/v']),
  takes('/+', ['/t'], ['t', '/t/u']),
  takes('t/+', ['t/u', 't/'], ['t', 't/u/v']),
  takes('t/+/v', ['t/u/v', 't//v'], ['t/v', 't/u/v/w']),
  takes('+/u/#', ['t/u', 't/u/v'], ['u', 't/v']),
  takes('t/$x', ['t/$x'], []),

  script(
    'several filters in one SUBSCRIBE are answered in their order [MQTT-3.8.4-1] [MQTT-3.8.4-4] [MQTT-3.8.4-5] [MQTT-3.9.3-1]',
    enters('a', ['t', 2], ['u/#', 0], ['v/+', 1]),
  ),
  script(
    'overlapping filters deliver at the highest QoS [MQTT-3.3.5-1]',
    enters('a', ['t', 1], ['#', 0]),
    enters('p'),
    publishes('t'),
    hears('a', 'publish t "m" qos 1 m1'),
    publishes('u', 2),
    hears('a', 'publish u "m" qos 0'),
  ),
  script(
    'overlapping wildcards do, and what is left of them afterwards',
    enters('a', ['t/+', 0], ['+/u', 1], ['t/#', 0]),
    enters('p'),
    publishes('t/u'),
    butMosquitto(hears('a', 'publish t/u "m" qos 1 m1'), firstOnly, 'publish t/u "m" qos 0'),
    sends('a', unsubscribe('+/u', 't/+')),
    hears('a', 'unsuback 2'),
    publishes('t/u', 2),
    hears('a', 'publish t/u "m" qos 0'),
  ),
  script(
    'the topic itself at QoS 0 and a wildcard at QoS 1',
    enters('a', ['t', 0], ['+', 1]),
    enters('p'),
    publishes('t'),
    butMosquitto(hears('a', 'publish t "m" qos 1 m1'), firstOnly, 'publish t "m" qos 0'),
  ),
  script(
    'a wildcard lowers QoS 2 to what was granted [MQTT-3.8.4-6]',
    enters('a', ['t/#', 1]),
    enters('p'),
    sends('p', publish('t/u', 'm', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', Buffer.from([0x62, 2, 0, 1])),
    hears('p', 'pubcomp 1'),
    hears('a', 'publish t/u "m" qos 1 m1'),
  ),
  script(
    'the same filter again takes the place of the first [MQTT-3.8.4-3]',
    enters('a', ['t', 1]),
    sends('a', subscribe(['t', 0])),
    hears('a', 'suback 1: 0'),
    enters('p'),
    publishes('t'),
    hears('a', 'publish t "m" qos 0'),
  ),
  script(
    'what is given up is not delivered any more [MQTT-3.10.4-2]',
    enters('a', ['t', 1], ['u', 0]),
    sends('a', unsubscribe('t')),
    hears('a', 'unsuback 2'),
    enters('p'),
    publishes('t'),
    publishes('u', 2),
    hears('a', 'publish u "m" qos 0'),
  ),
  script(
    'giving up what was never had is answered [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6]',
    enters('a'),
    sends('a', unsubscribe('t', 'u/#')),
    hears('a', 'unsuback 2'),
  ),
  script(
    'a filter beside one that is given up stays [MQTT-3.10.4-1]',
    enters('a', ['t/#', 0]),
    sends('a', unsubscribe('t/+')),
    hears('a', 'unsuback 2'),
    enters('p'),
    publishes('t/u'),
    hears('a', 'publish t/u "m" qos 0'),
  ),
  script(
    'its packet id is that of the request [MQTT-3.8.4-2] [MQTT-2.3.1-7]',
    enters('a'),
    sends('a', subscribeAs(65_535, ['t', 0])),
    hears('a', 'suback 65535: 0'),
  ),
  script(
    'what it has begun to send is completed [MQTT-3.10.4-3]',
    enters('a', ['t', 2]),
    enters('p'),
    sends('p', publish('t', 'm', { qos: 2 })),
    hears('p', 'pubrec 1'),
    sends('p', answer(pubrel, 1)),
    hears('p', 'pubcomp 1'),
    hears('a', 'publish t "m" qos 2 m1'),
    sends('a', unsubscribe('t')),
    hears('a', 'unsuback 2'),
    acknowledges('a', pubrec),
    hears('a', 'pubrel m1'),
  ),
  script(
    'a wildcard at the beginning takes no topics of the server [MQTT-4.7.2-1]',
    enters('a', ['#', 0], ['+/broker/uptime', 0]),
  ),
  script(
    'shared subscriptions are no part of 3.1.1 [MQTT-3.9.3-2]',
    enters('a'),
    sends('a', subscribe(['$share/g/t', 1])),
    butMosquitto(
      hears('a', 'suback 1: 128'),
      'It offers them to 3.1.1, too; the listener does not, for they give up order.',
      'suback 1: 1',
    ),
  ),
  script(
    'topics of the server may be refused',
    enters('a'),
    sends('a', subscribe(['$SYS/x', 1])),
    butMosquitto(
      hears('a', 'suback 1: 128'),
      'It publishes about itself there; the listener has metrics.',
      'suback 1: 1',
    ),
  ),
  script(
    'clients do not publish on topics of the server (4.7.2)',
    enters('p'),
    sends('p', publish('$SYS/x', 'm')),
    butMosquitto(
      hears('p', 'closed'),
      'It acknowledges it first, and drops it; what the listener acknowledges is kept.',
      ...['puback 1', 'closed'],
    ),
  ),
  script('a ping is answered [MQTT-3.12.4-1]', enters('a'), sends('a', pingreq), hears('a', 'pingresp')),
  script(
    'without a keepalive a client is not dropped, and pings are answered all the same [MQTT-4.1.0-2]',
    sends('a', connect('a', { keepalive: 0 })),
    hears('a', 'connack 0'),
    sends('a', pingreq),
    hears('a', 'pingresp'),
  ),
];
