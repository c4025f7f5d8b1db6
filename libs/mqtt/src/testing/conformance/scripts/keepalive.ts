/** Keepalive: MQTT 3.1.1, 3.1.2.10, and MQTT 5, 3.1.2.10. All of it is waiting, so there is little of it. */
import { connect, pingreq, publish, subscribe } from '../bytes.ts';
import { connect5, publish5 } from '../bytes5.ts';
import { butMosquitto, hears, passes, script, sends } from '../script.ts';
import { enters5, listens5, noWord } from './enter5.ts';

const gone = { topic: 't', message: 'gone' } as const;

export const keepaliveScripts = [
  script(
    'a client that says nothing is closed, and its will is published [MQTT-3.1.2-24]',
    sends('w', connect('w'), subscribe(['#', 0])),
    hears('w', 'connack 0', 'suback 1: 0'),
    sends('a', connect('a', { keepalive: 1, will: gone })),
    hears('a', 'connack 0'),
    hears('a', 'closed'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script(
    'any packet counts',
    sends('a', connect('a', { keepalive: 1 })),
    hears('a', 'connack 0'),
    passes(800),
    sends('a', publish('t', 'm', { qos: 0 })),
    passes(800),
    sends('a', pingreq),
    hears('a', 'pingresp'),
  ),
];

export const keepalive5Scripts = [
  script(
    'a client that says nothing is closed with 0x8d, and its will is published [MQTT-3.1.2-22]',
    listens5('w', ['#', 0]),
    sends('a', connect5('a', { keepalive: 1, will: gone })),
    hears('a', 'connack 0x00'),
    butMosquitto(hears('a', 'disconnect 0x8d', 'closed'), noWord, 'closed'),
    hears('w', 'publish t "gone" qos 0'),
  ),
  script(
    'any packet counts, and within one and a half times the keepalive nothing happens',
    enters5('a', { keepalive: 1 }),
    passes(800),
    sends('a', publish5('t', 'm', { qos: 0 })),
    passes(800),
    sends('a', pingreq),
    hears('a', 'pingresp'),
  ),
  script(
    'what is sent to a client does not count',
    enters5('p'),
    listens5('w', ['t', 0]),
    enters5('a', { keepalive: 1 }),
    sends('a', pingreq),
    hears('a', 'pingresp'),
    passes(700),
    sends('p', publish5('t', 'm', { qos: 0 })),
    hears('w', 'publish t "m" qos 0'),
    butMosquitto(hears('a', 'disconnect 0x8d', 'closed'), noWord, 'closed'),
  ),
];
