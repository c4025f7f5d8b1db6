/** The payload of a PUBLISH that is too large to be kept: its length, its digest and its beginning. */
import { createHash } from 'node:crypto';
import type { PublishPacket } from './packets.ts';

export type OversizedPayload = {
  /** Takes as many of these bytes as belong to it, and returns how many. */
  take(bytes: Uint8Array): number;
  /** The packet, when all of it has been taken. */
  packet(): PublishPacket | undefined;
};

/** `head`: the packet, without payload. `payloadBytes` are to come. */
export const oversizedPayload = (
  head: PublishPacket,
  payloadBytes: number,
  payloadKeptBytesMax: number,
): OversizedPayload => {
  const hash = createHash('sha256');
  const kept = Buffer.alloc(Math.min(payloadKeptBytesMax, payloadBytes));
  let taken = 0;
  return {
    take: (bytes) => {
      const part = bytes.subarray(0, payloadBytes - taken);
      hash.update(part);
      if (taken < kept.length) kept.set(part.subarray(0, kept.length - taken), taken);
      taken += part.length;
      return part.length;
    },
    packet: () => {
      if (taken < payloadBytes) return undefined;
      return { ...head, payload: kept, oversized: { payloadBytes, sha256: hash.digest('hex') } };
    },
  };
};
