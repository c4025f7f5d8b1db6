/** Reads a PUBLISH that is too large to keep: its topic, its packet id, its payload's length, digest and beginning. */
import { createHash } from 'node:crypto';
import type { RefusedBySource } from '@plenum/runtime';
import { ProtocolViolation } from '../codec/protocol-violation.ts';
import { reason } from '../codec/reason-codes.ts';
import { variableInteger } from './variable-integer.ts';

export type OversizedPublish = {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  /** Of QoS 1 and 2. */
  readonly packetId: number | undefined;
  /** The first bytes of the payload. */
  readonly beginning: Uint8Array;
  readonly payloadBytes: number;
  /** Of the whole payload, 64 hexadecimal digits. */
  readonly sha256: string;
};

export type OversizedReader = {
  /** The next bytes behind the fixed header. */
  read(bytes: Uint8Array): void;
  /**
   * All bytes were read.
   * @throws {ProtocolViolation} when they end inside the topic.
   */
  end(): OversizedPublish;
};

/** How much of an oversized payload is kept to see what it was. */
const keptBytesMax = 4096;

/** `protocol` 5 has properties between the packet id and the payload. */
export const oversizedReader = (flags: number, remaining: number, protocol: 4 | 5 = 4): OversizedReader => {
  const qos = qosOf(flags);
  const idBytes = qos === 0 ? 0 : 2;
  const hash = createHash('sha256');
  const kept = Buffer.alloc(Math.min(keptBytesMax, remaining));
  let keptBytes = 0;
  let payloadBytes = 0;
  // The variable header: two bytes of length, the topic, the packet id, the properties. Grows until it is complete.
  let head = Buffer.alloc(0);
  const headBytes = (): number => {
    if (head.length < 2) return 2;
    const propertiesAt = 2 + head.readUInt16BE(0) + idBytes;
    return protocol === 5 ? propertiesEnd(head, propertiesAt) : propertiesAt;
  };

  return {
    read: (bytes) => {
      let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      while (head.length < headBytes() && rest.length > 0) {
        const step = Math.min(headBytes() - head.length, rest.length);
        head = Buffer.concat([head, rest.subarray(0, step)]);
        rest = rest.subarray(step);
      }
      hash.update(rest);
      payloadBytes += rest.length;
      if (keptBytes < kept.length) keptBytes += rest.copy(kept, keptBytes);
    },
    end: () => {
      if (head.length < headBytes())
        throw new ProtocolViolation('a PUBLISH that ends inside its topic', reason.malformedPacket);
      const topicEnd = 2 + head.readUInt16BE(0);
      return {
        topic: head.toString('utf8', 2, topicEnd),
        qos,
        dup: (flags & 0x08) !== 0,
        packetId: qos === 0 ? undefined : head.readUInt16BE(topicEnd),
        beginning: kept.subarray(0, keptBytes),
        payloadBytes,
        sha256: hash.digest('hex'),
      };
    },
  };
};

/** Where the properties end, or one byte further than is there when their length is not whole yet (MQTT 5, 2.2.2). */
const propertiesEnd = (head: Uint8Array, at: number): number => {
  const length = variableInteger(head, at, head.length, 'length of properties');
  return length === undefined ? Math.max(at, head.length) + 1 : length.endsAt + length.value;
};

/** Why it is quarantined, with what is known of the part that was not kept. */
export const refusedOversized = ({
  payloadBytes,
  sha256,
}: Pick<OversizedPublish, 'payloadBytes' | 'sha256'>): RefusedBySource => ({
  code: 'oversized',
  detail: `the payload has ${payloadBytes} bytes; its packet is larger than this bridge takes`,
  lengthBytes: payloadBytes,
  sha256,
});

export const qosOf = (flags: number): 0 | 1 | 2 => {
  const qos = (flags >> 1) & 3;
  return qos === 1 || qos === 2 ? qos : 0;
};
