/**
 * The messages of one connection, encoded once, one after another in one buffer, sent round and round. Each lap writes
 * other digits into the time of every message, so that no two are the same: the same bytes would be the same event.
 */
import { publishPacket } from './packets.ts';

export type Message = { readonly topic: string; readonly payload: Uint8Array };

export type Ring = {
  /** Of messages; packet ids go from 1 to here. */
  readonly length: number;
  /** The bytes of the next messages, at most so many: they end where a lap does. A view. */
  next(messagesMax: number): Buffer;
  /** How many messages `next` has handed out. */
  sent(): number;
};

/** Where the last three digits of a message's microseconds are; their place belongs to the lap. */
const timePattern = /T\d\d:\d\d:\d\d\.\d{3}(\d{3})/d;

/** @throws when a message has no time with microseconds. */
export const ringOf = (messages: readonly Message[]): Ring => {
  const packets = messages.map(({ topic, payload }, index) => publishPacket(topic, index + 1, payload));
  const bytes = Buffer.concat(packets);
  const starts = [0];
  for (const packet of packets) starts.push((starts.at(-1) ?? 0) + packet.length);
  const digits = packets.map((packet, index) => {
    const [start] = timePattern.exec(packet.toString('latin1'))?.indices?.[1] ?? [];
    if (start === undefined) throw new Error(`no time in ${packet.toString()}`);
    return (starts[index] ?? 0) + start;
  });
  let sent = 0;
  return {
    length: messages.length,
    sent: () => sent,
    next: (messagesMax) => {
      const from = sent % messages.length;
      const to = Math.min(from + messagesMax, messages.length);
      const lap = Math.floor(sent / messages.length) % 1000;
      for (let index = from; index < to; index += 1) writeLap(bytes, digits[index] ?? 0, lap);
      sent += to - from;
      return bytes.subarray(starts[from], starts[to]);
    },
  };
};

const zero = 0x30;

const writeLap = (bytes: Buffer, at: number, lap: number): void => {
  bytes[at] = zero + Math.floor(lap / 100);
  bytes[at + 1] = zero + (Math.floor(lap / 10) % 10);
  bytes[at + 2] = zero + (lap % 10);
};
