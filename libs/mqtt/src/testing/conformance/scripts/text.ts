/** Text has to be well-formed UTF-8 without U+0000: MQTT 3.1.1, 1.5.3. A client that sends other bytes is closed. */
import { connect, publish, subscribe, type Text, unsubscribe } from '../bytes.ts';
import { hears, type Script, script, sends } from '../script.ts';

const illFormed: readonly (readonly [string, readonly number[]])[] = [
  ['Latin-1', [0x61, 0xfc]],
  ['an overlong slash', [0x61, 0xc0, 0xaf]],
  ['an overlong form of three bytes', [0xe0, 0x80, 0xaf]],
  ['an overlong form of four bytes', [0xf0, 0x80, 0x80, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['a character that is cut off', [0x61, 0xe2, 0x82]],
  ['a character that is broken off', [0xe2, 0x82, 0x61]],
  ['a lone continuation', [0x80]],
  ['something beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a byte that never occurs', [0xff]],
  ['U+0000', [0x61, 0x00, 0x62]],
];

const refused = (name: string, bytes: Uint8Array): Script => script(name, sends('a', bytes), hears('a', 'closed'));
const closes = (name: string, bytes: Uint8Array): Script =>
  script(name, sends('a', connect('a')), hears('a', 'connack 0'), sends('a', bytes), hears('a', 'closed'));

/** What is well-formed arrives as it was sent. */
const arrives = (name: string, topic: Text, shown: string): Script =>
  script(
    name,
    sends('a', connect('a'), subscribe(['#', 0])),
    hears('a', 'connack 0', 'suback 1: 0'),
    sends('a', publish(topic, 'm', { id: 2 })),
    hears('a', 'puback 2', `publish ${shown} "m" qos 0`),
  );

export const textScripts = [
  ...illFormed.flatMap(([what, bytes]) => [
    refused(`${what} in a client id [MQTT-1.5.3-1] [MQTT-3.1.3-4]`, connect(bytes)),
    refused(`${what} in the topic of a will [MQTT-3.1.3-10]`, connect('a', { will: { topic: bytes } })),
    refused(`${what} in a user name [MQTT-3.1.3-11]`, connect('a', { userName: bytes })),
    closes(
      `${what} in the topic of a PUBLISH${what === 'U+0000' ? ' [MQTT-1.5.3-2] [MQTT-4.7.3-2]' : ''}`,
      publish(bytes, 'm'),
    ),
    closes(`${what} in the topic of a PUBLISH of QoS 0`, publish(bytes, 'm', { qos: 0 })),
    closes(`${what} in a filter of SUBSCRIBE [MQTT-3.8.3-1]`, subscribe(['good', 1], [bytes, 1])),
    closes(`${what} in a filter of UNSUBSCRIBE [MQTT-3.10.3-1]`, unsubscribe('good', bytes)),
  ]),
  arrives('two bytes', 'fän', 'fän'),
  arrives('three bytes', '天花板', '天花板'),
  arrives('four bytes', '\u{1f600}/x', '\u{1f600}/x'),
  arrives('the edges of surrogates', [0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80], '\ud7ff\ue000'),
  arrives('the first of three and of four bytes', [0xe0, 0xa0, 0x80, 0xf0, 0x90, 0x80, 0x80], '\u0800\u{10000}'),
  arrives('a byte order mark is a character [MQTT-1.5.3-3]', '\ufefft', '\ufefft'),
];
