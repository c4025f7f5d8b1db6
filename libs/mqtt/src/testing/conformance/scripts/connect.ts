/** CONNECT and CONNACK: MQTT 3.1.1, 3.1 and 3.2. */
import { type Connect, connect, packet, pingreq, publish, subscribe, type Text } from '../bytes.ts';
import { butMosquitto, hears, script, sends } from '../script.ts';

const answered = (name: string, answer: string, asked: Connect, clientId: Text = 'a') =>
  script(name, sends('a', connect(clientId, asked)), hears('a', answer), ...(answer === 'connack 0' ? [] : closed));
const closed = [hears('a', 'closed')];
const refused = (name: string, asked: Connect, clientId: Text = 'a') =>
  script(name, sends('a', connect(clientId, asked)), hears('a', 'closed'));

export const connectScripts = [
  answered('a clean session [MQTT-3.1.4-4] [MQTT-3.2.0-1]', 'connack 0', {}),
  answered('a session that is kept [MQTT-3.2.2-3]', 'connack 0', { clean: false }),
  answered('no client id and a clean session [MQTT-3.1.3-6]', 'connack 0', {}, ''),
  answered('no client id and a session that is kept [MQTT-3.1.3-8]', 'connack 2', { clean: false }, ''),
  answered('a client id of 23 letters and digits [MQTT-3.1.3-5]', 'connack 0', {}, 'abcdefghijKLMNOPQRST012'),
  answered('a client id of 64 characters', 'connack 0', {}, 'x'.repeat(64)),
  answered('a client id beyond ASCII', 'connack 0', {}, 'décke-\u{1f600}'),
  answered('no keepalive', 'connack 0', { keepalive: 0 }),
  answered('a user name and a password', 'connack 0', { userName: 'u', password: 'p' }),
  answered('a user name alone', 'connack 0', { userName: 'u' }),
  answered('an empty user name and password', 'connack 0', { userName: '', password: '' }),
  answered('a password that is no text', 'connack 0', { userName: 'u', password: [0xff, 0x00, 0xfe] }),
  answered('a will', 'connack 0', { will: { topic: 'w', message: 'gone', qos: 2, retain: true } }),
  answered('a will without content', 'connack 0', { will: { topic: 'w' } }),
  answered('MQTT 3.1', 'connack 0', { protocol: 'MQIsdp', level: 3 }),
  answered('MQTT 3.1.1 of a bridge', 'connack 0', { level: 0x84 }),
  answered('a level of 6 [MQTT-3.1.2-2] [MQTT-3.2.2-4] [MQTT-3.2.2-5]', 'connack 1', { level: 6 }),
  answered('a level of 0', 'connack 1', { level: 0 }),
  answered('a level of 3 under the name of 3.1.1', 'connack 1', { level: 3 }),
  answered('a level of 4 under the name of 3.1', 'connack 1', { protocol: 'MQIsdp', level: 4 }),

  refused('another protocol [MQTT-3.1.2-1]', { protocol: 'HTTP' }),
  refused('its protocol in small letters', { protocol: 'mqtt' }),
  refused('a protocol name that is ill-formed', { protocol: [0x4d, 0x51, 0x54, 0xff] }),
  refused('the reserved flag [MQTT-3.1.2-3] [MQTT-3.2.2-6]', { flags: 0x03 }),
  refused('QoS of a will without a will [MQTT-3.1.2-13]', { flags: 0x0a }),
  refused('retain of a will without a will [MQTT-3.1.2-15]', { flags: 0x22 }),
  refused('a will of QoS 3 [MQTT-3.1.2-14]', { will: { topic: 'w', message: 'm', qos: 3 } }),
  refused('a password without a user name [MQTT-3.1.2-22]', { password: 'secret' }),
  refused('a will flag without a will [MQTT-3.1.2-9]', { flags: 0x06 }),
  refused('a user name flag without a user name [MQTT-3.1.2-19]', { flags: 0x82 }),
  refused('a password flag without a password [MQTT-3.1.2-21]', { flags: 0xc2, rest: [0, 1, 0x75] }),
  refused('a user name that nobody announced [MQTT-3.1.2-18]', { flags: 0x02, userName: 'u' }),
  refused('a password that nobody announced [MQTT-3.1.2-20]', { flags: 0x82, userName: 'u', password: 'p' }),
  refused('a will that nobody announced [MQTT-3.1.2-11]', { flags: 0x02, will: { topic: 'w' } }),
  refused('fields out of their order [MQTT-3.1.3-1]', { flags: 0x84, userName: 'u/#', rest: [0, 1, 0x77, 0, 1, 0x6d] }),
  refused('one byte too many [MQTT-3.1.4-1]', { rest: [0] }),
  script(
    'no client id field at all [MQTT-3.1.3-3]',
    sends('a', packet(0x10, connect('a').subarray(2, 12))),
    hears('a', 'closed'),
  ),
  script('nothing in it', sends('a', packet(0x10)), hears('a', 'closed')),
  script('flags in its fixed header', sends('a', packet(0x12, connect('a').subarray(2))), hears('a', 'closed')),
  script(
    'a client id that runs past the end',
    sends('a', packet(0x10, connect('a').subarray(2, 12), Buffer.from([0, 9, 0x61]))),
    hears('a', 'closed'),
  ),
  script(
    'a client id with a control character is rejected, which a server may do [MQTT-3.1.3-9]',
    sends('a', connect('a\u0001b')),
    butMosquitto(hears('a', 'connack 2', 'closed'), 'It closes the connection, as it may [MQTT-1.5.3].', 'closed'),
  ),

  script('PUBLISH before CONNECT [MQTT-3.1.0-1]', sends('a', publish('t', 'm')), hears('a', 'closed')),
  script('SUBSCRIBE before CONNECT', sends('a', subscribe(['t', 1])), hears('a', 'closed')),
  script('PINGREQ before CONNECT', sends('a', pingreq), hears('a', 'closed')),
  script('text before CONNECT', sends('a', Buffer.from('GET / HTTP/1.1\r\n\r\n')), hears('a', 'closed')),
  script(
    'a second CONNECT [MQTT-3.1.0-2]',
    sends('a', connect('a')),
    hears('a', 'connack 0'),
    sends('a', connect('a')),
    hears('a', 'closed'),
  ),
  script(
    'packets right behind it [MQTT-3.1.4-5]',
    sends('a', connect('a'), subscribe(['t', 0]), pingreq),
    hears('a', 'connack 0', 'suback 1: 0', 'pingresp'),
  ),
  script(
    'a client id that is connected takes over [MQTT-3.1.4-2]',
    sends('old', connect('same')),
    hears('old', 'connack 0'),
    sends('new', connect('same')),
    hears('new', 'connack 0'),
    hears('old', 'closed'),
  ),
];
