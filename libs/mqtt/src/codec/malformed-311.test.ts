/** What a reader refuses in MQTT 3.1 and 3.1.1, and what it takes of that in no topic name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answer,
  type Connect,
  connect,
  disconnect,
  field,
  number,
  packet,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribe,
  subscribeAs,
  unsubscribe,
} from '../testing/conformance/bytes.ts';
import { readAll } from './testing/read-all.ts';

const one = Buffer.from([1]);
const ill = [0x61, 0xfc];

const connects = (spoken: Connect): readonly (readonly [string, Uint8Array])[] => [
  ['that is not first', pingreq],
  ['of another protocol', connect('a', { ...spoken, protocol: 'MQTTT' })],
  ['with its reserved flag [MQTT-3.1.2-3]', connect('a', { ...spoken, flags: 3 })],
  ['with the QoS of a will that is not there [MQTT-3.1.2-13]', connect('a', { ...spoken, flags: 0x0a })],
  ['with retain of a will that is not there [MQTT-3.1.2-15]', connect('a', { ...spoken, flags: 0x22 })],
  ['with a will of QoS 3 [MQTT-3.1.2-14]', connect('a', { ...spoken, will: { topic: 'w', qos: 3 } })],
  ['with a password and no user name [MQTT-3.1.2-22]', connect('a', { ...spoken, password: 'p' })],
  ['with a client id that is no text [MQTT-3.1.3-4]', connect(ill, spoken)],
  ['with null in its client id [MQTT-1.5.3-2]', connect('a\0', spoken)],
  ['with a will topic that is no text', connect('a', { ...spoken, will: { topic: ill } })],
  ['with a wildcard in its will topic', connect('a', { ...spoken, will: { topic: 'a/#' } })],
  ['with an empty will topic', connect('a', { ...spoken, will: { topic: '' } })],
  ['with a user name that is no text [MQTT-3.1.3-11]', connect('a', { ...spoken, userName: ill })],
  ['with more than there should be', connect('a', { ...spoken, rest: [0] })],
  ['that ends too early', connect('a', { ...spoken, flags: 0x82 })],
];
for (const spoken of [{ level: 4 }, { protocol: 'MQIsdp', level: 3 }]) {
  describe(`a CONNECT of level ${spoken.level}`, () => {
    for (const [what, bytes] of connects(spoken)) {
      it(what, () => assert.throws(() => readAll([bytes]), { name: 'ProtocolViolation' }));
    }
    it('that is right', () => assert.equal(readAll([connect('a', spoken)]).length, 1));
  });
}

describe('after the CONNECT', () => {
  const vectors: readonly (readonly [string, Uint8Array])[] = [
    ['a second CONNECT [MQTT-3.1.0-2]', connect('a')],
    ['type 0', packet(0)],
    ['AUTH, which is of MQTT 5', packet(0xf0, 0x18, 0)],
    ...[0x20, 0x90, 0xb0, 0xd0].map((first) => [`type ${first >> 4}`, packet(first, number(1))] as const),
    ['PUBLISH of QoS 3 [MQTT-3.3.1-4]', publish('t', 'm', { qos: 3 })],
    ['PUBLISH of QoS 0 with DUP [MQTT-3.3.1-2]', publish('t', 'm', { qos: 0, dup: true })],
    ['PUBLISH with packet id 0 [MQTT-2.3.1-1]', publish('t', 'm', { id: 0 })],
    ['PUBLISH that ends inside its topic name', packet(0x32, number(9), Buffer.from('t'))],
    ['PUBLISH that ends inside its packet id', packet(0x32, field('t'), one)],
    ['PUBLISH with nothing in it', packet(0x30)],
    ...[puback, pubrec, pubrel, pubcomp].flatMap((type) => [
      [`type ${type >> 4} with other flags [MQTT-2.2.2-2]`, packet(type ^ 1, number(1))] as const,
      [`type ${type >> 4} with packet id 0`, answer(type, 0)] as const,
      [`type ${type >> 4} with half a packet id`, packet(type, one)] as const,
      [`type ${type >> 4} with a reason of MQTT 5`, packet(type, number(1), 0)] as const,
    ]),
    ['SUBSCRIBE without its flag [MQTT-3.8.1-1]', packet(0x80, subscribe(['t', 1]).subarray(2))],
    ['SUBSCRIBE with packet id 0', subscribeAs(0, ['t', 1])],
    ['SUBSCRIBE without a filter [MQTT-3.8.3-3]', subscribeAs(1)],
    ['SUBSCRIBE with QoS 3 [MQTT-3.8.3-4]', subscribe(['t', 3])],
    ['SUBSCRIBE with reserved bits', subscribe(['t', 0x04])],
    ['SUBSCRIBE without a QoS', packet(0x82, number(1), field('t'))],
    ['SUBSCRIBE to nothing [MQTT-4.7.3-1]', subscribe(['', 1])],
    ['SUBSCRIBE to what is no text [MQTT-3.8.3-1]', subscribe([ill, 1])],
    ['SUBSCRIBE with # inside [MQTT-4.7.1-2]', subscribe(['a/#/b', 1])],
    ['SUBSCRIBE with + beside a name [MQTT-4.7.1-3]', subscribe(['good', 1], ['a/b+', 1])],
    ['UNSUBSCRIBE without its flag [MQTT-3.10.1-1]', packet(0xa0, unsubscribe('t').subarray(2))],
    ['UNSUBSCRIBE with packet id 0', packet(0xa2, number(0), field('t'))],
    ['UNSUBSCRIBE without a filter [MQTT-3.10.3-2]', unsubscribe()],
    ['UNSUBSCRIBE from nothing', unsubscribe('')],
    ['UNSUBSCRIBE with one byte too many', packet(0xa2, number(1), field('t'), one)],
    ['UNSUBSCRIBE with # inside', unsubscribe('a/#/b')],
    ['PINGREQ with flags', packet(0xc1)],
    ['PINGREQ with something in it', packet(0xc0, one)],
    ['DISCONNECT with flags [MQTT-3.14.1-1]', packet(0xe1)],
    ['DISCONNECT with something in it', packet(0xe0, one)],
    ['a remaining length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])],
  ];
  for (const [what, bytes] of vectors) {
    it(what, () => {
      const refused = { name: 'ProtocolViolation' };
      assert.throws(() => readAll([connect('c'), bytes]), refused);
      assert.throws(() => readAll([connect('c'), ...[...bytes].map((byte) => Buffer.from([byte]))]), refused);
    });
  }
});

it('refuses what has no place for more as soon as it is announced', () => {
  for (const first of [0x40, 0x50, 0x62, 0x70, 0xc0, 0xe0]) {
    assert.throws(() => readAll([connect('c'), Buffer.from([first, 3])]), { reason: 0x81 }, `${first}`);
  }
});

describe('a topic under which no client may publish', () => {
  for (const [what, topic, shown, problem, reason] of [
    ['is empty', '', '', /at least one character/, 0x82],
    ['has a wildcard [MQTT-3.3.2-2]', 'a/+/b', 'a/+/b', /wildcard/, 0x82],
    ['has the other wildcard', 'ü/#', 'ü/#', /wildcard/, 0x82],
    ['begins with $ (4.7.2)', '$SYS/x', '$SYS/x', /belong to the server/, 0x90],
    ['has a null character [MQTT-1.5.3-2]', 'a\0', String.raw`a\x00`, /null/, 0x81],
    ['is no UTF-8 [MQTT-1.5.3-1]', ill, String.raw`a\xfc`, /well-formed UTF-8/, 0x81],
  ] as const) {
    it(`${what}, and what is around it is read`, () => {
      const [, good, bad, next] = readAll([
        Buffer.concat([connect('c'), publish('a', 'm'), publish(topic, 'text', { id: 9, qos: 2 }), disconnect]),
      ]);
      assert.equal((good as { topic: string }).topic, 'a');
      const { badTopic, ...rest } = bad as { badTopic: { shown: string; problem: string; reason: number } };
      assert.equal(badTopic.shown, shown);
      assert.match(badTopic.problem, problem);
      assert.equal(badTopic.reason, reason);
      assert.deepEqual(rest, {
        ...{ type: 'publish', topic: '', qos: 2, dup: false, retain: false, id: 9 },
        ...{ payload: Buffer.from('text'), properties: undefined, oversized: undefined },
      });
      assert.equal(next?.type, 'disconnect');
    });
  }
});

it('takes needless bytes of a length, which only MQTT 5 forbids', () => {
  assert.equal(readAll([connect('c'), Buffer.from([0xc0, 0x80, 0])]).length, 2);
});
