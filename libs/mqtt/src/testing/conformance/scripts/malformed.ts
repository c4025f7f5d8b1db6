/** Packets after which the connection has to be closed: MQTT 3.1.1, 2.2, 2.3.1, 3.3 to 3.14 and 4.8. */
import {
  answer,
  connect,
  disconnect,
  field,
  number,
  packet,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribe,
  subscribeAs,
  unsubscribe,
} from '../bytes.ts';
import { butMosquitto, hears, type Script, script, sends } from '../script.ts';

const enters = [sends('a', connect('a')), hears('a', 'connack 0')];
const closes = (name: string, bytes: Uint8Array): Script =>
  script(name, enters, sends('a', bytes), hears('a', 'closed'));
/** The standard wants it closed, and Mosquitto goes on. */
const mosquittoTakes = (name: string, bytes: Uint8Array, ...answers: readonly string[]): Script =>
  script(name, enters, sends('a', bytes), butMosquitto(hears('a', 'closed'), 'It does not look at that.', ...answers));

const one = Buffer.from([1]);

export const malformedScripts = [
  closes('a type of 0 [MQTT-4.8.0-1]', packet(0x00)),
  closes('a type of 15', packet(0xf0)),
  closes('CONNACK from a client', packet(0x20, number(0))),
  mosquittoTakes('SUBACK from a client', packet(0x90, number(1), one)),
  mosquittoTakes('UNSUBACK from a client', packet(0xb0, number(1))),
  mosquittoTakes('PINGRESP from a client', packet(0xd0)),
  closes('a remaining length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])),

  closes('PUBLISH of QoS 3 [MQTT-3.3.1-4]', publish('t', 'm', { qos: 3 })),
  mosquittoTakes('PUBLISH of QoS 0 with DUP [MQTT-3.3.1-2]', publish('t', 'm', { qos: 0, dup: true })),
  closes('PUBLISH of QoS 1 with packet id 0 [MQTT-2.3.1-1]', publish('t', 'm', { id: 0 })),
  closes('PUBLISH of QoS 2 with packet id 0', publish('t', 'm', { qos: 2, id: 0 })),
  closes('PUBLISH without a topic name [MQTT-4.7.3-1]', publish('', 'm')),
  closes('PUBLISH of QoS 0 without a topic name', publish('', 'm', { qos: 0 })),
  closes('PUBLISH to # [MQTT-3.3.2-2] [MQTT-4.7.1-1]', publish('t/#', 'm')),
  closes('PUBLISH to +', publish('t/+/x', 'm')),
  closes('PUBLISH that ends inside its topic name', packet(0x32, number(9), Buffer.from('t'))),
  closes('PUBLISH that ends inside its packet id', packet(0x32, field('t'), one)),
  closes('PUBLISH of QoS 0 with nothing in it', packet(0x30)),

  mosquittoTakes('PUBACK with flags [MQTT-2.2.2-2]', packet(0x42, number(1))),
  mosquittoTakes('PUBREC with flags', packet(0x51, number(1)), 'pubrel m1'),
  closes('PUBREL without its flag [MQTT-3.6.1-1]', packet(0x60, number(1))),
  mosquittoTakes('PUBCOMP with flags', packet(0x78, number(1))),
  closes('SUBSCRIBE without its flag [MQTT-3.8.1-1]', packet(0x80, subscribe(['t', 1]).subarray(2))),
  closes('UNSUBSCRIBE without its flag [MQTT-3.10.1-1]', packet(0xa0, unsubscribe('t').subarray(2))),
  mosquittoTakes('PINGREQ with flags', packet(0xc1), 'pingresp'),
  closes('DISCONNECT with flags [MQTT-3.14.1-1]', packet(0xe1)),

  closes('PUBACK without a packet id', packet(puback)),
  closes('PUBACK with half a packet id', packet(puback, one)),
  closes('PUBREC with half a packet id', packet(pubrec, one)),
  closes('PUBREL with half a packet id', packet(pubrel, one)),
  closes('PUBCOMP with half a packet id', packet(pubcomp, one)),
  mosquittoTakes('PUBACK with more than a packet id', packet(puback, number(1), one)),
  mosquittoTakes('PUBREC with more than a packet id', packet(pubrec, number(1), one), 'pubrel m1'),
  mosquittoTakes('PUBREL with more than a packet id', packet(pubrel, number(1), one), 'pubcomp 1'),
  mosquittoTakes('PUBCOMP with more than a packet id', packet(pubcomp, number(1), one)),
  closes('PUBACK with packet id 0', answer(puback, 0)),
  closes('PUBREC with packet id 0', answer(pubrec, 0)),
  closes('PUBREL with packet id 0', answer(pubrel, 0)),
  closes('PUBCOMP with packet id 0', answer(pubcomp, 0)),

  closes('SUBSCRIBE with packet id 0', subscribeAs(0, ['t', 1])),
  closes('SUBSCRIBE without a filter [MQTT-3.8.3-3]', subscribeAs(1)),
  closes('SUBSCRIBE with QoS 3 [MQTT-3.8.3-4]', subscribe(['t', 3])),
  closes('SUBSCRIBE with reserved bits', subscribe(['t', 0x81])),
  closes('SUBSCRIBE without a QoS', packet(0x82, number(1), field('t'))),
  closes('SUBSCRIBE that ends inside its filter', packet(0x82, number(1), number(9), Buffer.from('t'))),
  closes('SUBSCRIBE to nothing [MQTT-4.7.3-1]', subscribe(['', 1])),
  closes('SUBSCRIBE with # inside [MQTT-4.7.1-2]', subscribe(['a/#/b', 1])),
  closes('SUBSCRIBE with # behind a name', subscribe(['a#', 1])),
  closes('SUBSCRIBE with + beside a name [MQTT-4.7.1-3]', subscribe(['a/b+', 1])),
  closes('SUBSCRIBE with a good and a bad filter', subscribe(['good', 1], ['bad#', 1])),
  closes('UNSUBSCRIBE with packet id 0', packet(0xa2, number(0), field('t'))),
  closes('UNSUBSCRIBE without a filter [MQTT-3.10.3-2]', unsubscribe()),
  closes('UNSUBSCRIBE from nothing', unsubscribe('')),
  closes('UNSUBSCRIBE that ends inside its filter', packet(0xa2, number(1), number(9), Buffer.from('t'))),
  closes('UNSUBSCRIBE with one byte too many', packet(0xa2, number(1), field('t'), one)),
  closes('UNSUBSCRIBE with # inside', unsubscribe('a/#/b')),

  mosquittoTakes('PINGREQ with something in it', packet(0xc0, one), 'pingresp'),
  closes('DISCONNECT with something in it', packet(0xe0, one)),
  closes('DISCONNECT [MQTT-3.14.4-1]', disconnect),
  script(
    'what comes before a malformed packet is acknowledged, and what comes after it is not looked at',
    enters,
    sends('a', publish('t', 'before', { id: 7 }), packet(0x80), publish('t', 'after', { id: 8 })),
    hears('a', 'puback 7', 'closed'),
  ),
  script(
    'what comes before it is acknowledged with QoS 2, too',
    enters,
    sends('a', publish('t', 'before', { id: 7, qos: 2 }), packet(0x80)),
    hears('a', 'pubrec 7', 'closed'),
  ),
  script(
    'and before a topic name that is none',
    sends('s', connect('s'), subscribe(['u', 2])),
    hears('s', 'connack 0', 'suback 1: 2'),
    enters,
    sends('a', publish('t', '1', { id: 7 }), publish('u', '2', { id: 8, qos: 2 }), publish([0xff], 'm', { id: 9 })),
    hears('a', 'puback 7', 'pubrec 8', 'closed'),
    butMosquitto(hears('s', 'publish u "2" qos 2 m1'), 'It delivers QoS 2 when it is released, as it may (4.3.3).'),
  ),
];
