/**
 * The messages of one connection, encoded once, one after another in one buffer, sent round and round. Whenever one is sent, the
 * time in it is written anew, as a device would: so no two are the same (the same bytes would be the same event), and tables
 * that are ordered by time grow where they would grow.
 */
import { type Level, publishPacket } from './packets.ts';

export type Message = { readonly topic: string; readonly payload: Uint8Array };

export type Ring = {
  /** Of messages; packet ids go from 1 to here. */
  readonly length: number;
  /**
   * The bytes of the next messages, at most so many: they end where a lap does. A view. The first of them says `nowUs`, or a
   * microsecond after the message before it where that is later.
   */
  next(messagesMax: number, nowUs: number): Buffer;
  /** How many messages `next` has handed out. */
  sent(): number;
};

/** Where a time begins, and the offset that it is written with. */
const timePattern = /(\d{4}-\d\d-\d\dT\d\d:\d\d:)\d\d\.\d{6}(Z|[+-]\d\d:\d\d)?/d;

/** @throws when a message has no time with microseconds. */
export const ringOf = (messages: readonly Message[], level: Level = 4): Ring => {
  const packets = messages.map(({ topic, payload }, index) => publishPacket(topic, index + 1, payload, level));
  const bytes = Buffer.concat(packets);
  const starts = [0];
  for (const packet of packets) starts.push((starts.at(-1) ?? 0) + packet.length);
  const times = packets.map((packet, index) => {
    const found = timePattern.exec(packet.toString('latin1'));
    const [start] = found?.indices?.[0] ?? [];
    if (start === undefined) throw new Error(`no time in ${packet.toString()}`);
    return { at: (starts[index] ?? 0) + start, clock: clockOf(found?.[2]) };
  });
  let sent = 0;
  let lastUs = 0;
  return {
    length: messages.length,
    sent: () => sent,
    next: (messagesMax, nowUs) => {
      const from = sent % messages.length;
      const to = Math.min(from + messagesMax, messages.length);
      for (const { at, clock } of times.slice(from, to)) {
        lastUs = Math.max(nowUs, lastUs + 1);
        writeTime(bytes, at, lastUs + clock.offsetUs, clock);
      }
      sent += to - from;
      return bytes.subarray(starts[from], starts[to]);
    },
  };
};

/** What is written of a minute stays the same for as long as it lasts. */
type Clock = { readonly offsetUs: number; minute: number; text: Buffer };

const minuteUs = 60_000_000;

/** A time without an offset is in UTC. */
const clockOf = (offset = 'Z'): Clock => {
  const minutes =
    offset === 'Z' ? 0 : Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  return { offsetUs: minutes * minuteUs, minute: Number.NaN, text: Buffer.alloc(0) };
};

/** Bytes of `2026-12-01T12:34:56.123456`, with the hour of the clock. */
const writeTime = (bytes: Buffer, at: number, localUs: number, clock: Clock): void => {
  const minute = Math.floor(localUs / minuteUs);
  if (minute !== clock.minute) {
    clock.minute = minute;
    clock.text = Buffer.from(new Date(minute * 60_000).toISOString().slice(0, 17));
  }
  bytes.set(clock.text, at);
  const rest = localUs - minute * minuteUs;
  const seconds = Math.floor(rest / 1_000_000);
  writeDigits(bytes, at + 17, seconds, 2);
  writeDigits(bytes, at + 20, rest - seconds * 1_000_000, 6);
};

const zero = 0x30;

const writeDigits = (bytes: Buffer, at: number, value: number, count: number): void => {
  for (let index = count - 1, rest = value; index >= 0; index -= 1) {
    const tens = Math.floor(rest / 10);
    bytes[at + index] = zero + rest - tens * 10;
    rest = tens;
  }
};
