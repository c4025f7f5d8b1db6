/**
 * Cuts what a broker sends into control packets (MQTT 5, 2.1). PUBLISH is read here, because tens of thousands a
 * second arrive; the few others go to mqtt-packet. A PUBLISH that is too large to keep is hashed as it passes.
 */

import { ProtocolViolation } from '../codec/protocol-violation.ts';
import { reason } from '../codec/reason-codes.ts';
import { type OversizedReader, oversizedReader } from './oversized-publish.ts';
import { variableInteger } from './variable-integer.ts';

export type ReceivedPublish = {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  /** 0 for QoS 0. */
  readonly packetId: number;
  /** It was sent before, as far as the broker knows. */
  readonly dup: boolean;
  /** Views into what was read: to be used at once. Of an oversized one only the beginning. */
  readonly payload: Uint8Array;
  readonly oversized: { readonly payloadBytes: number; readonly sha256: string } | undefined;
};

export type PacketHandlers = {
  /** Whether another PUBLISH may be read. Asked before each; what is behind waits until `read` is called again. */
  readonly mayRead: () => boolean;
  readonly publish: (publish: ReceivedPublish) => void;
  /** Any other packet, whole. */
  readonly other: (packet: Buffer) => void;
};

export type PacketReader = {
  /**
   * Takes the next bytes and hands on every packet that is whole, as far as may be read.
   * @throws {ProtocolViolation} on bytes after which the stream makes no sense.
   */
  read(bytes: Buffer): void;
  /** Bytes that were read and belong to no packet that was handed on. */
  heldBytes(): number;
};

export type ReaderParts = PacketHandlers & {
  /** PUBLISH packets have properties from MQTT 5 on. */
  readonly protocol: 4 | 5;
  readonly packetBytesMax: number;
};

export const packetReader = (parts: ReaderParts): PacketReader => {
  let held: Buffer = nothing;
  let skipping: { readonly reader: OversizedReader; remaining: number } | undefined;

  /** Takes what is there of an oversized PUBLISH, and says how much. */
  const skip = (bytes: Buffer, at: number, oversized: NonNullable<typeof skipping>): number => {
    const step = Math.min(oversized.remaining, bytes.length - at);
    oversized.reader.read(bytes.subarray(at, at + step));
    oversized.remaining -= step;
    if (oversized.remaining === 0) {
      skipping = undefined;
      parts.publish(publishOf(oversized.reader));
    }
    return step;
  };

  return {
    read: (more) => {
      const bytes = held.length === 0 ? more : Buffer.concat([held, more]);
      let at = 0;
      while (at < bytes.length) {
        if (skipping !== undefined) {
          at += skip(bytes, at, skipping);
          continue;
        }
        const header = headerAt(bytes, at);
        if (header === undefined || (header.type === publishType && !parts.mayRead())) break;
        const end = header.bodyAt + header.bodyBytes;
        if (end - at > parts.packetBytesMax) {
          if (header.type !== publishType)
            throw new ProtocolViolation(`a packet of type ${header.type} is too large`, reason.malformedPacket);
          const reader = oversizedReader(header.flags, header.bodyBytes, parts.protocol);
          skipping = { reader, remaining: header.bodyBytes };
          at = header.bodyAt;
        } else if (end > bytes.length) {
          break;
        } else {
          if (header.type === publishType) parts.publish(readPublish(bytes, header, parts.protocol));
          else parts.other(bytes.subarray(at, end));
          at = end;
        }
      }
      held = bytes.subarray(at);
    },
    heldBytes: () => held.length,
  };
};

const nothing = Buffer.alloc(0);
const publishType = 3;

type Header = {
  readonly type: number;
  readonly flags: number;
  readonly bodyAt: number;
  readonly bodyBytes: number;
};

/** `undefined` when it is not all there yet. */
const headerAt = (bytes: Buffer, at: number): Header | undefined => {
  const length = variableInteger(bytes, at + 1, bytes.length);
  if (length === undefined) return undefined;
  const first = bytes[at] ?? 0;
  return { type: first >> 4, flags: first & 0x0f, bodyAt: length.endsAt, bodyBytes: length.value };
};

const readPublish = (bytes: Buffer, header: Header, protocol: 4 | 5): ReceivedPublish => {
  const end = header.bodyAt + header.bodyBytes;
  const qos = (header.flags >> 1) & 3;
  if (qos === 3) throw new ProtocolViolation('a PUBLISH of QoS 3', reason.malformedPacket);
  if (header.bodyBytes < 2) throw new ProtocolViolation('a PUBLISH that ends inside its topic', reason.malformedPacket);
  const topicAt = header.bodyAt + 2;
  const topicEnd = topicAt + bytes.readUInt16BE(header.bodyAt);
  let at = qos === 0 ? topicEnd : topicEnd + 2;
  if (at > end) throw new ProtocolViolation('a PUBLISH that ends inside its topic', reason.malformedPacket);
  if (protocol === 5) {
    const properties = variableInteger(bytes, at, end);
    if (properties === undefined)
      throw new ProtocolViolation('a PUBLISH that ends inside its properties', reason.malformedPacket);
    at = properties.endsAt + properties.value;
    if (at > end) throw new ProtocolViolation('a PUBLISH that ends inside its properties', reason.malformedPacket);
  }
  return {
    topic: bytes.toString('utf8', topicAt, topicEnd),
    // Not 3, as was looked at above.
    qos: qos as 0 | 1 | 2,
    packetId: qos === 0 ? 0 : bytes.readUInt16BE(topicEnd),
    dup: (header.flags & 8) !== 0,
    payload: bytes.subarray(at, end),
    oversized: undefined,
  };
};

const publishOf = (reader: OversizedReader): ReceivedPublish => {
  const { topic, qos, packetId, dup, beginning, payloadBytes, sha256 } = reader.end();
  return { topic, qos, dup, packetId: packetId ?? 0, payload: beginning, oversized: { payloadBytes, sha256 } };
};
