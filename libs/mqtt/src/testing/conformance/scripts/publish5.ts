/** PUBLISH in both directions, its acknowledgements, and what is refused: MQTT 5, 3.3 to 3.7 and 4.3. */
import { packet, puback, pubcomp, pubrec, pubrel } from '../bytes.ts';
import { answer5, connect5, property, publish5 } from '../bytes5.ts';
import { acknowledges, butMosquitto, hears, hearsInOrder, looksAt, type Script, script, sends } from '../script.ts';
import { enters5, kept, listens5, noWord, sayingNobody, subscribes5 } from './enter5.ts';

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

const topicRefused = (name: string, topic: string): Script =>
  script(name, enters5('p'), sends('p', publish5(topic, 'm')), hears('p', 'disconnect 0x82', 'closed'));

const large = 'x'.repeat(300_000);
const levels = (count: number): string => Array.from({ length: count }, () => 'l').join('/');
const noBound = 'It has no bound for that unless it is set.';

const refusals = [
  script(
    'a PUBLISH that is larger than the server takes is in quarantine, and its connection is closed with 0x95',
    listens5('w', ['#', 0]),
    enters5('p'),
    sends('p', publish5('t', large, { id: 4 })),
    butMosquitto(hears('p', 'puback 4 0x97', 'disconnect 0x95', 'closed'), noBound, 'puback 4'),
    butMosquitto(hears('w'), noBound, `publish t "${large}" qos 0`),
  ),
  script(
    'any other packet that is larger is not read',
    enters5('p'),
    sends('p', packet(puback, Buffer.alloc(300_000))),
    butMosquitto(hears('p', 'disconnect 0x95', 'closed'), noWord, 'closed'),
  ),
  script(
    'a topic of sixteen levels is taken, and one of seventeen is not',
    listens5('w', ['#', 0]),
    enters5('p'),
    sends('p', publish5(levels(16), 'm')),
    hears('p', 'puback 1'),
    hears('w', `publish ${levels(16)} "m" qos 0`),
    sends('p', publish5(levels(17), 'm')),
    butMosquitto(hears('p', 'disconnect 0x90', 'closed'), 'It takes two hundred.', 'puback 1'),
    butMosquitto(hears('w'), 'It takes two hundred.', `publish ${levels(17)} "m" qos 0`),
  ),
  script(
    'a packet id that QoS 2 still uses is free for QoS 1',
    listens5('w', ['#', 0]),
    enters5('p'),
    sends('p', publish5('t', '2', { id: 5, qos: 2 })),
    hears('p', 'pubrec 5'),
    sends('p', publish5('t', '1', { id: 5 })),
    hears('p', 'puback 5'),
    sends('p', answer5(pubrel, 5)),
    hears('p', 'pubcomp 5'),
    butMosquitto(
      hears('w', 'publish t "1" qos 0', 'publish t "2" qos 0'),
      'It forgets the message of QoS 2.',
      'publish t "1" qos 0',
    ),
  ),
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

export const publish5Scripts = [...deliveries, ...refusals];
