import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  answer,
  connect,
  field,
  number,
  packet,
  pingreq,
  puback,
  publish,
  subscribe,
} from '../testing/conformance/bytes.ts';
import { packetReader, type ReaderLimits } from './packet-reader.ts';
import type { ClientPacket } from './packets.ts';

const limits = { packetBytesMax: 1000 };
const connect5 = packet(0x10, field('MQTT'), 5, 2, number(60), 0, field('c'));

describe('packetReader', () => {
  it('gives packets as they come, wherever they are cut', () => {
    const stream = Buffer.concat([connect('c'), publish('a', 'one', { id: 7 }), pingreq, subscribe(['f/#', 1])]);
    const whole = read([stream]);
    assert.deepEqual(
      whole.map(({ type }) => type),
      ['connect', 'publish', 'pingreq', 'subscribe'],
    );
    for (let cut = 0; cut <= stream.length; cut += 1) {
      assert.deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), whole, `cut at ${cut}`);
    }
    assert.deepEqual(read([...stream].map((byte) => Buffer.from([byte]))), whole);
  });

  it('counts what has come and is not read', () => {
    const reader = packetReader(limits);
    const one = connect('c');
    reader.push(one);
    reader.push(pingreq.subarray(0, 1));
    assert.equal(reader.buffered(), one.length + 1);
    reader.next();
    assert.equal(reader.buffered(), 1);
    assert.equal(reader.next(), undefined);
    assert.equal(reader.buffered(), 1);
    reader.push(pingreq.subarray(1));
    assert.deepEqual(reader.next(), { type: 'pingreq' });
    assert.equal(reader.buffered(), 0);
  });

  it('keeps the order of chunks when they come faster than they are read', () => {
    const reader = packetReader(limits);
    reader.push(connect('c'));
    reader.next();
    const seen: number[] = [];
    for (let id = 1; id <= 1000; id += 1) {
      reader.push(answer(puback, id));
      const one = id % 3 === 0 ? undefined : reader.next();
      if (one?.type === 'puback') seen.push(one.id);
    }
    assert.ok(seen.length < 1000);
    for (let one = reader.next(); one?.type === 'puback'; one = reader.next()) seen.push(one.id);
    assert.deepEqual(
      seen,
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    assert.equal(reader.buffered(), 0);
  });

  it('knows the level of a CONNECT that is malformed behind it, and is dead then', () => {
    const reader = packetReader(limits);
    reader.push(packet(0x10, field('MQTT'), 5, 3, number(60), 0, field('c')));
    reader.push(pingreq);
    assert.throws(() => reader.next(), { name: 'ProtocolViolation', reason: 0x81, message: /reserved flag/ });
    assert.equal(reader.level(), 5);
    reader.push(connect('c'));
    assert.equal(reader.next(), undefined);
    assert.equal(reader.buffered(), 0);
  });

  it('reads nothing behind a CONNECT of another level', () => {
    assert.deepEqual(read([connect('c', { level: 6 }), pingreq]), [{ type: 'other-level', level: 6 }]);
    assert.deepEqual(read([Buffer.concat([packet(0x10, field('MQTT'), 99), pingreq])]), [
      { type: 'other-level', level: 99 },
    ]);
  });

  it('takes the level of a bridge', () => {
    assert.equal((read([connect('c', { level: 0x84 })])[0] as { level: number }).level, 4);
  });

  for (const [level, hello, first] of [
    [4, connect('c'), Buffer.alloc(0)],
    [5, connect5, Buffer.from([7, 0x26, 0, 1, 0x61, 0, 1, 0x62])],
  ] as const) {
    it(`digests an oversized PUBLISH wherever it is cut, and leaves its neighbours alone (level ${level})`, () => {
      const payload = Buffer.alloc(6000, 'x');
      const big = packet(0x34, field('a/topic'), number(515), first, payload);
      const small = packet(0x30, field('b'), first, Buffer.from('two'));
      const stream = Buffer.concat([hello, small, big, small]);
      const [, before, packet_, after] = read([stream]);
      assert.deepEqual(packet_, {
        ...{ type: 'publish', topic: 'a/topic', qos: 2, dup: false, retain: false, id: 515 },
        payload: payload.subarray(0, 4096),
        properties: level === 5 ? { userProperties: [['a', 'b']] } : undefined,
        oversized: { payloadBytes: 6000, sha256: createHash('sha256').update(payload).digest('hex') },
        badTopic: undefined,
      });
      assert.deepEqual(before, after);
      const whole = read([stream]);
      for (let cut = 0; cut <= stream.length; cut += 1) {
        assert.deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), whole, `cut at ${cut}`);
      }
      assert.deepEqual(read([...stream].map((byte) => Buffer.from([byte]))), whole);
    });
  }

  it('keeps as much of an oversized payload as was asked, and no more than there is', () => {
    const big = publish('t', 'y'.repeat(2000));
    const keeping = (payloadKeptBytesMax: number) => read([connect('c'), big], { ...limits, payloadKeptBytesMax })[1];
    assert.deepEqual(payloadOf(keeping(0)), '');
    assert.deepEqual(payloadOf(keeping(3)), 'yyy');
    assert.deepEqual(payloadOf(keeping(4096)), 'y'.repeat(2000));
  });

  it('takes a packet that is larger than allowed by its topic alone', () => {
    const [, one] = read([connect('c'), publish('t'.repeat(2000), '')]);
    assert.equal((one as { topic: string }).topic.length, 2000);
    assert.equal((one as { oversized: { payloadBytes: number } }).oversized.payloadBytes, 0);
  });

  it('refuses another packet that is too large as soon as its length is there', () => {
    for (const start of [
      [0x82, 0xff, 0x7f],
      [0x40, 0xff, 0x7f],
      [0xe0, 0xff, 0x7f],
    ]) {
      assert.throws(() => read([connect5, Buffer.from(start)]), { reason: 0x95 }, `${start}`);
    }
    assert.throws(() => read([Buffer.from([0x10, 0xff, 0x7f])]), { reason: 0x95 });
  });

  it('does not reserve what a length announces', () => {
    const reader = packetReader({ packetBytesMax: 2 ** 28 });
    reader.push(connect('c'));
    reader.next();
    const before = process.memoryUsage().arrayBuffers;
    reader.push(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]));
    assert.equal(reader.next(), undefined);
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  });

  it('gives an acknowledgement', () => {
    const ack = { type: 'puback', id: 9, reason: 0, properties: undefined };
    assert.deepEqual(read([connect('c'), answer(puback, 9)])[1], ack);
    assert.deepEqual(read([connect5, answer(puback, 9)])[1], ack);
    assert.deepEqual(read([connect5, packet(puback, number(9), 0x10)])[1], { ...ack, reason: 0x10 });
  });
});

const payloadOf = (one: ClientPacket | undefined): string =>
  one?.type === 'publish' ? Buffer.from(one.payload).toString() : assert.fail('no PUBLISH');

const read = (chunks: readonly Uint8Array[], of: ReaderLimits = limits): readonly ClientPacket[] => {
  const reader = packetReader(of);
  const packets: ClientPacket[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let one = reader.next(); one !== undefined; one = reader.next()) packets.push(one);
  }
  return packets;
};
