import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { type PacketReader, packetReader, type ReaderParts } from './packet-reader.ts';

const packetBytesMax = 1000;

describe('packetReader', () => {
  for (const protocolVersion of [4, 5] as const) {
    const properties = protocolVersion === 5 ? { properties: { userProperties: { a: 'b'.repeat(200) } } } : {};
    const publish = (qos: 0 | 1 | 2, text: string): Packet => ({
      ...{ cmd: 'publish', topic: 'a/tøpic', payload: text, qos, dup: false, retain: false, ...properties },
      ...(qos === 0 ? {} : { messageId: 515 }),
    });
    const texts = ['zero', '', 'x'.repeat(300), 'y'.repeat(9000), 'after'];
    const stream = Buffer.concat(
      [{ cmd: 'pingresp' } as Packet, ...texts.map((text, n) => publish(((n + 1) % 3) as 0 | 1 | 2, text))].map((p) =>
        mqttPacket.generate(p, { protocolVersion }),
      ),
    );

    it(`gives the same for any cutting (MQTT ${protocolVersion})`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
          const { reader, seen } = collecting({ protocol: protocolVersion });
          const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
          for (const [index, edge] of edges.slice(1).entries()) reader.read(stream.subarray(edges[index], edge));
          assert.equal(reader.heldBytes(), 0);
          assert.deepEqual(seen, [
            'd000',
            'a/tøpic 1 515 zero',
            'a/tøpic 2 515 ',
            `a/tøpic 0 0 ${'x'.repeat(300)}`,
            `a/tøpic 1 515 9000 ${'y'.repeat(4096)} ${hash('sha256', 'y'.repeat(9000))}`,
            'a/tøpic 2 515 after',
          ]);
        }),
      );
    });
  }

  it('stops before a PUBLISH when it may not read, and goes on where it stopped', () => {
    let capacity = 2;
    const { reader, seen } = collecting({ mayRead: () => capacity-- > 0 });
    const publish = (payload: string): Packet => ({ ...frame, payload });
    reader.read(Buffer.concat(['1', '2', '3', '4'].map((text) => mqttPacket.generate(publish(text)))));
    assert.deepEqual(seen, ['t 0 0 1', 't 0 0 2']);
    capacity = 1;
    reader.read(Buffer.alloc(0));
    assert.deepEqual(seen, ['t 0 0 1', 't 0 0 2', 't 0 0 3']);
    capacity = 9;
    reader.read(mqttPacket.generate(publish('5')));
    assert.deepEqual(seen.slice(3), ['t 0 0 4', 't 0 0 5']);
  });

  const nonsense: readonly (readonly [string, readonly number[], RegExp])[] = [
    ['a remaining length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 1], /variable byte integer/],
    ['QoS 3', [0x36, 5, 0, 1, 97, 0, 1], /QoS 3/],
    ['a topic longer than its packet', [0x30, 4, 0, 9, 97, 97], /inside its topic/],
    ['a PUBLISH without a topic', [0x30, 1, 0], /inside its topic/],
    ['an oversized packet that is no PUBLISH', [0x90, 0xff, 0x7f], /too large/],
  ];
  for (const [what, bytes, reason] of nonsense) {
    it(`refuses ${what}`, () => {
      assert.throws(() => collecting({}).reader.read(Buffer.from(bytes)), {
        name: 'ProtocolViolation',
        message: reason,
      });
    });
  }
});

const frame = { cmd: 'publish', topic: 't', qos: 0, dup: false, retain: false } as const;

const collecting = (
  parts: Partial<ReaderParts>,
): { readonly reader: PacketReader; readonly seen: readonly string[] } => {
  const seen: string[] = [];
  const reader = packetReader({
    protocol: 4,
    packetBytesMax,
    mayRead: () => true,
    publish: ({ topic, qos, packetId, payload, oversized }) => {
      const text = Buffer.from(payload).toString();
      const whole = oversized === undefined ? text : `${oversized.payloadBytes} ${text} ${oversized.sha256}`;
      seen.push(`${topic} ${qos} ${packetId} ${whole}`);
    },
    other: (packet) => seen.push(packet.toString('hex')),
    ...parts,
  });
  return { reader, seen };
};
