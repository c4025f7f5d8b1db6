import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { connectPacket, publishPacket } from '../testing/raw-client.ts';
import type { OversizedPublish } from './oversized-publish.ts';
import { packetScanner } from './packet-scanner.ts';
import type { TakenOut } from './taken-out.ts';

const packetBytesMax = 1000;
const bytesOf = (...packets: readonly Packet[]): Buffer => Buffer.concat(packets.map((p) => mqttPacket.generate(p)));
const ping: Packet = { cmd: 'pingreq' };
const big = publishPacket('a/topic', Buffer.alloc(6000, 'x'), { qos: 2, messageId: 515 });

describe('packetScanner', () => {
  it('passes everything on, wherever it is cut, and counts whole PUBLISH packets', () => {
    const stream = bytesOf(connectPacket(), publishPacket('a', 'one'), ping, publishPacket('a', 'x'.repeat(300)), ping);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { passed, publishes } = scanAll([stream.subarray(0, cut), stream.subarray(cut)]);
      assert.deepEqual(passed, stream, `cut at ${cut}`);
      assert.equal(publishes, 2, `cut at ${cut}`);
    }
  });

  it('takes out an oversized PUBLISH wherever it is cut, and leaves its neighbours alone', () => {
    const before = bytesOf(connectPacket(), publishPacket('a', 'one'));
    const after = bytesOf(ping, publishPacket('a', 'two'));
    const stream = Buffer.concat([before, bytesOf(big), after]);
    const sha256 = createHash('sha256').update(Buffer.alloc(6000, 'x')).digest('hex');
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { passed, oversized, publishes } = scanAll([stream.subarray(0, cut), stream.subarray(cut)]);
      assert.deepEqual(passed, Buffer.concat([before, Buffer.from('!'), after]), `cut at ${cut}`);
      assert.equal(publishes, 3);
      const [{ beginning, ...rest } = fail()] = oversized;
      assert.deepEqual(rest, { topic: 'a/topic', qos: 2, dup: false, packetId: 515, payloadBytes: 6000, sha256 });
      assert.deepEqual(beginning, Buffer.alloc(4096, 'x'));
    }
  });

  it('gives the same for any cutting', () => {
    const stream = bytesOf(connectPacket(), big, publishPacket('b', 'y'.repeat(500)), big, ping);
    const whole = scanAll([stream]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge));
        assert.deepEqual(scanAll(chunks), whole);
      }),
    );
  });

  it('stops behind the CONNECT, so that the rest can wait', () => {
    const connect = bytesOf(connectPacket());
    const scanner = packetScanner(packetBytesMax);
    const chunk = Buffer.concat([connect, bytesOf(ping, ping)]);
    assert.equal(scanner.scan(chunk, { pass: () => {}, takenOut: () => {} }), connect.length);
    assert.equal(scanner.connected(), true);
  });

  describe('refuses', () => {
    const connect = bytesOf(connectPacket());
    const refused: readonly (readonly [string, Buffer, RegExp])[] = [
      ['a first packet that is no CONNECT', bytesOf(ping), /first packet/],
      ['plain text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /first packet/],
      ['a second CONNECT', Buffer.concat([connect, connect]), /second CONNECT/],
      [
        'a remaining length of five bytes',
        Buffer.concat([connect, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff])]),
        /length/,
      ],
      ['a packet only servers send', Buffer.concat([connect, Buffer.from([0x20, 2, 0, 0])]), /type 2/],
      ['a type that does not exist', Buffer.concat([connect, Buffer.from([0xf0, 0])]), /type 15/],
      ['QoS 3', Buffer.concat([connect, Buffer.from([0x36, 3, 0, 1, 97])]), /QoS 3/],
      ['an oversized packet that is no PUBLISH', Buffer.concat([connect, Buffer.from([0x82, 0xff, 0x7f])]), /type 8/],
      ['an oversized CONNECT', Buffer.from([0x10, 0xff, 0x7f]), /type 1/],
      [
        'an oversized PUBLISH that ends inside its topic',
        Buffer.concat([connect, Buffer.from([0x30, 0xe9, 0x07, 0xff, 0xff]), Buffer.alloc(1000)]),
        /topic/,
      ],
    ];
    for (const [what, stream, reason] of refused) {
      it(what, () => {
        assert.throws(() => scanAll([stream]), { name: 'ProtocolViolation', message: reason });
        assert.throws(() => scanAll([...stream].map((byte) => Buffer.from([byte]))), { message: reason });
      });
    }
  });
});

/** Everything that passes, with an exclamation mark in the place of what was taken out. */
const scanAll = (chunks: readonly Uint8Array[]) => {
  const scanner = packetScanner(packetBytesMax);
  const passed: Uint8Array[] = [];
  const oversized: OversizedPublish[] = [];
  const sink = {
    pass: (bytes: Uint8Array) => {
      passed.push(Buffer.from(bytes));
    },
    takenOut: ({ oversized: publish }: TakenOut) => {
      passed.push(Buffer.from('!'));
      if (publish !== undefined) oversized.push(publish);
    },
  };
  for (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) at += scanner.scan(chunk.subarray(at), sink);
  }
  return { passed: Buffer.concat(passed), oversized, publishes: scanner.publishes() };
};

const fail = (): never => assert.fail('nothing was taken out');
