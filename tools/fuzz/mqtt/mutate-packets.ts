/** What a client says, made wrong: bytes of its packets, their lengths, their order, how often they come. */
import { bytes } from '@plenum/mqtt/testing';
import type { Numbers } from '@plenum/simulation';
import { below, mutated, oneOf } from '../mutate.ts';
import { noPacketOf } from './packets.ts';

type Change = (numbers: Numbers, packets: Buffer[], at: number) => void;

/** Where its body begins; its length has one byte or more. */
const bodyAt = (packet: Buffer): number => {
  let at = 1;
  while (at < 4 && (packet[at] ?? 0) >= 0x80) at += 1;
  return at + 1;
};

const withBody = (packet: Buffer, body: Uint8Array): Buffer => bytes.packet(packet[0] ?? 0, body);

const changes: readonly Change[] = [
  // Any bytes of it, its length included.
  (numbers, packets, at) => {
    packets[at] = mutated(numbers, packets[at] ?? nothing);
  },
  // What is in it, under a length that is right.
  (numbers, packets, at) => {
    const packet = packets[at] ?? nothing;
    packets[at] = withBody(packet, mutated(numbers, packet.subarray(bodyAt(packet))));
  },
  // One bit.
  (numbers, packets, at) => {
    const packet = Buffer.from(packets[at] ?? nothing);
    const place = below(numbers, packet.length);
    packet[place] = (packet[place] ?? 0) ^ (1 << below(numbers, 8));
    packets[at] = packet;
  },
  // Another length, or the same with more bytes than it needs.
  (numbers, packets, at) => {
    const packet = packets[at] ?? nothing;
    const body = packet.subarray(bodyAt(packet));
    const length = Math.max(0, body.length + oneOf(numbers, [-2, -1, 1, 2, 127, 1_000_000]));
    const head = numbers() < 0.8 ? bytes.variable(length) : [(body.length % 128) | 0x80, body.length >> 7];
    packets[at] = Buffer.concat([Buffer.from([packet[0] ?? 0, ...head]), body]);
  },
  // Flags, or another packet's body.
  (numbers, packets, at) => {
    const packet = Buffer.from(packets[at] ?? nothing);
    if (packet.length > 0) packet[0] = numbers() < 0.5 ? (packet[0] ?? 0) ^ below(numbers, 16) : below(numbers, 256);
    packets[at] = packet;
  },
  (_, packets, at) => {
    packets.splice(at, 0, packets[at] ?? nothing);
  },
  (numbers, packets, at) => {
    const other = below(numbers, packets.length);
    [packets[at], packets[other]] = [packets[other] ?? nothing, packets[at] ?? nothing];
  },
  (_, packets, at) => {
    packets.splice(at, 1);
  },
  (numbers, packets, at) => {
    packets.splice(at, 0, noPacketOf(numbers));
  },
  // It ends in the middle of one.
  (numbers, packets, at) => {
    packets[at] = (packets[at] ?? nothing).subarray(0, below(numbers, 12));
    packets.length = at + 1;
  },
];

const nothing = Buffer.alloc(0);

/** One to three changes, of the packets as they are. */
export const mutatedPackets = (numbers: Numbers, packets: readonly Buffer[]): readonly Buffer[] => {
  const changed = [...packets];
  for (let left = 1 + below(numbers, 3); left > 0 && changed.length > 0; left -= 1) {
    oneOf(numbers, changes)(numbers, changed, below(numbers, changed.length));
  }
  return changed;
};

/** The bytes of packets, cut into pieces in any way. */
export const cutAnyhow = (numbers: Numbers, packets: readonly Uint8Array[]): readonly Uint8Array[] => {
  const chance = numbers();
  if (chance < 0.5) return packets;
  const all = Buffer.concat(packets);
  if (chance < 0.7 || all.length === 0) return [all];
  const most = chance < 0.75 ? 1 : 1 + below(numbers, 80);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; ) {
    const end = Math.min(all.length, at + 1 + below(numbers, most));
    pieces.push(all.subarray(at, end));
    at = end;
  }
  return most === 1 && pieces.length > 200 ? [all] : pieces;
};
