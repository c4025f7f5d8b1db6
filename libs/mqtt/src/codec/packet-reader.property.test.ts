/** What `mqtt-packet` writes is read as it was meant, and strange bytes are read the same way however they come. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packetReader, type ReaderLimits } from './packet-reader.ts';
import type { ClientPacket, Level } from './packets.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { connectPackets, laterPackets } from './testing/arbitrary-packets.ts';
import { bytesOf } from './testing/as-mqtt-packet.ts';
import { cutAt } from './testing/read-all.ts';

const limits = { packetBytesMax: 100_000 };
const cuts = fc.array(fc.nat(), { maxLength: 20 });
const streams = (level: Level) => fc.tuple(connectPackets(level), fc.array(laterPackets(level), { maxLength: 6 }));

for (const level of [3, 4, 5] as const) {
  describe(`level ${level}`, () => {
    it('reads what mqtt-packet writes, however it is cut', () => {
      fc.assert(
        fc.property(streams(level), cuts, ([hello, later], places) => {
          const packets = [hello, ...later];
          const stream = Buffer.concat(packets.map((one) => bytesOf(one, level)));
          assert.deepEqual(outcome(cutAt(stream, places), limits), { packets, problem: undefined, left: 0 });
        }),
        { numRuns: 400 },
      );
    });

    it('reads changed bytes the same way however they are cut, and throws nothing but a violation', () => {
      fc.assert(
        fc.property(streams(level), fc.array(changes, { minLength: 1, maxLength: 4 }), cuts, (stream, made, places) => {
          const bytes = [stream[0], ...stream[1]].map((one) => bytesOf(one, level));
          const changed = made.reduce(change, Buffer.concat(bytes));
          for (const packetBytesMax of [40, 100_000]) {
            const whole = outcome([changed], { packetBytesMax, payloadKeptBytesMax: 7 });
            const cut = outcome(cutAt(changed, places), { packetBytesMax, payloadKeptBytesMax: 7 });
            assert.deepEqual(cut, whole);
          }
        }),
        { numRuns: 600 },
      );
    });
  });
}

it('reads any bytes behind a CONNECT the same way however they are cut', () => {
  const first = fc.constantFrom(0x30, 0x32, 0x34, 0x40, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xc0, 0xe0, 0xf0);
  const body = fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 0x1f, 0x26, 0x61, 0x7f, 0x80, 0xff), fc.nat(255)), {
    maxLength: 20,
  });
  const packets = fc.tuple(first, body).map(([type, bytes]) => [type, bytes.length, ...bytes]);
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 5 as const),
      fc.array(packets, { maxLength: 5 }),
      cuts,
      (level, all, places) => {
        const name = [0, 4, 0x4d, 0x51, 0x54, 0x54];
        const hello = level === 5 ? [0x10, 13, ...name, 5, 2, 0, 0, 0, 0, 0] : [0x10, 12, ...name, 4, 2, 0, 0, 0, 0];
        const bytes = Buffer.from([hello, ...all].flat());
        assert.deepEqual(outcome(cutAt(bytes, places), limits), outcome([bytes], limits));
      },
    ),
    { numRuns: 4000 },
  );
});

type Change = {
  readonly kind: 'set' | 'flip' | 'remove' | 'insert' | 'double';
  readonly at: number;
  readonly value: number;
};

const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('set' as const, 'flip' as const, 'remove' as const, 'insert' as const, 'double' as const),
  at: fc.nat(),
  value: fc.oneof(fc.constantFrom(0, 1, 0x26, 0x7f, 0x80, 0xff), fc.nat(255)),
});

const change = (bytes: Buffer, { kind, at, value }: Change): Buffer => {
  const index = at % bytes.length;
  const before = bytes.subarray(0, index);
  const behind = bytes.subarray(index + 1);
  const old = bytes[index] ?? 0;
  if (kind === 'remove') return Buffer.concat([before, behind]);
  const put = { set: [value], flip: [old ^ (1 << (value & 7))], insert: [value, old], double: [old, old] }[kind];
  return Buffer.concat([before, Buffer.from(put), behind]);
};

type Outcome = {
  readonly packets: readonly ClientPacket[];
  readonly problem: string | undefined;
  readonly left: number;
};

const outcome = (chunks: readonly Uint8Array[], of: ReaderLimits): Outcome => {
  const reader = packetReader(of);
  const packets: ClientPacket[] = [];
  try {
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let one = reader.next(); one !== undefined; one = reader.next()) packets.push(one);
    }
  } catch (error) {
    assert.ok(error instanceof ProtocolViolation, String(error));
    return { packets, problem: `${error.reason} ${error.message}`, left: reader.buffered() };
  }
  return { packets, problem: undefined, left: reader.buffered() };
};
