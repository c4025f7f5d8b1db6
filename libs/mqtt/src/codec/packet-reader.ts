/** Reads what one client sends: bytes in, packets out (MQTT 3.1, 3.1.1 and 5). Nothing malformed comes out of it. */
import { otherPacketAt } from './client-packet.ts';
import { takeConnect, takeLevel } from './connect-packet.ts';
import { cursorOf } from './cursor.ts';
import { checkFirstByte, checkRemaining, checkShortest, lengthAt, lengthBytesAt, packetType } from './fixed-header.ts';
import { type HeldBytes, heldBytes } from './held-bytes.ts';
import { type TopicNames, topicNames } from './names.ts';
import { type OversizedPayload, oversizedPayload } from './oversized-publish.ts';
import type { ClientPacket, Level } from './packets.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { payloadStart, publishAt } from './publish-packet.ts';
import { reason } from './reason-codes.ts';

export type ReaderLimits = {
  /** Of a whole packet. Of a larger PUBLISH the beginning of its payload is kept, and nothing else larger is taken. */
  readonly packetBytesMax: number;
  /** How long that beginning is. 4,096 when it is not given. */
  readonly payloadKeptBytesMax?: number;
};

export type PacketReader = {
  /** Bytes that have come. They are kept, not copied, and must not change any more. */
  push(chunk: Uint8Array): void;
  /**
   * The next packet; `undefined` until all of it has come.
   * @throws {ProtocolViolation} as soon as the bytes show that the connection has to be closed. Nothing is read after that,
   * nor after a packet of another protocol level: there is no next packet then.
   */
  next(): ClientPacket | undefined;
  /** What the client speaks, as soon as its CONNECT has shown it, even when it is malformed behind that. */
  level(): Level | undefined;
  /** How many bytes have come and are not part of a packet that was given out. */
  buffered(): number;
};

type State = {
  readonly packetBytesMax: number;
  readonly payloadKeptBytesMax: number;
  readonly names: TopicNames;
  chunk: Buffer;
  /** Where reading has come to in `chunk`. */
  at: number;
  /** Chunks behind `chunk`, the next one at `firstWaiting`. */
  waiting: Buffer[];
  firstWaiting: number;
  buffered: number;
  level: Level | undefined;
  /** A packet that `chunk` does not have all of. */
  held: HeldBytes | undefined;
  oversized: OversizedPayload | undefined;
  ended: boolean;
};

const nothing = Buffer.alloc(0);

/** A reader for one connection. */
export const packetReader = ({ packetBytesMax, payloadKeptBytesMax = 4096 }: ReaderLimits): PacketReader => {
  const state: State = {
    packetBytesMax,
    payloadKeptBytesMax,
    names: topicNames(),
    chunk: nothing,
    at: 0,
    waiting: [],
    firstWaiting: 0,
    buffered: 0,
    level: undefined,
    held: undefined,
    oversized: undefined,
    ended: false,
  };
  return {
    push: (chunk) => push(state, chunk),
    next: () => {
      try {
        return next(state);
      } catch (error) {
        stop(state);
        throw error;
      }
    },
    level: () => state.level,
    buffered: () => state.buffered,
  };
};

const push = (state: State, chunk: Uint8Array): void => {
  if (state.ended || chunk.length === 0) return;
  const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  state.buffered += bytes.length;
  if (state.chunk.length > 0) {
    state.waiting.push(bytes);
  } else {
    state.chunk = bytes;
    state.at = 0;
  }
};

/** Goes on by so many bytes. A chunk that is read is let go. */
const advance = (state: State, bytes: number): void => {
  state.at += bytes;
  if (state.at < state.chunk.length) return;
  state.at = 0;
  state.chunk = state.waiting[state.firstWaiting] ?? nothing;
  if (state.waiting.length === 0) return;
  state.waiting[state.firstWaiting] = nothing;
  state.firstWaiting += 1;
  // Now and then, so that a reader that is never quite through does not keep the places of all chunks that it had.
  if (
    state.firstWaiting * 2 < state.waiting.length ||
    (state.firstWaiting < 32 && state.firstWaiting < state.waiting.length)
  )
    return;
  state.waiting = state.waiting.slice(state.firstWaiting);
  state.firstWaiting = 0;
};

/** Nothing more is read. */
const stop = (state: State): void => {
  state.ended = true;
  state.chunk = nothing;
  state.at = 0;
  state.waiting = [];
  state.firstWaiting = 0;
  state.buffered = 0;
  state.held = undefined;
  state.oversized = undefined;
};

const next = (state: State): ClientPacket | undefined => {
  if (state.oversized !== undefined) return skip(state, state.oversized);
  if (state.held !== undefined) return putTogether(state, state.held);
  const { chunk, at } = state;
  const { length } = chunk;
  if (at >= length) return undefined;
  const first = chunk[at] ?? 0;
  checkFirstByte(first, state.level);
  const lengthBytes = lengthBytesAt(chunk, at + 1, length);
  if (lengthBytes > 0) {
    const remaining = lengthAt(chunk, at + 1, lengthBytes);
    const bodyAt = at + 1 + lengthBytes;
    const size = 1 + lengthBytes + remaining;
    checkHeader(state, first, remaining, lengthBytes);
    if (bodyAt + remaining <= length && size <= state.packetBytesMax) {
      const packet = packetAt(state, chunk, at, bodyAt, bodyAt + remaining);
      if (state.ended) return packet;
      state.buffered -= size;
      advance(state, size);
      return packet;
    }
  }
  state.held = heldBytes();
  return putTogether(state, state.held);
};

const checkHeader = (state: State, first: number, remaining: number, lengthBytes: number): void => {
  const type = first >> 4;
  const { level, packetBytesMax } = state;
  checkShortest(remaining, lengthBytes, level);
  if (type === packetType.publish) return;
  checkRemaining(type, remaining, level);
  const size = 1 + lengthBytes + remaining;
  if (size <= packetBytesMax) return;
  const message = `a packet of type ${type} and ${size} bytes; at most ${packetBytesMax} are taken`;
  throw new ProtocolViolation(message, reason.packetTooLarge);
};

/** Goes on with a packet that came in pieces, or is too large, of which nothing was passed by yet. */
const putTogether = (state: State, held: HeldBytes): ClientPacket | undefined => {
  for (;;) {
    const size = held.size();
    const bytes = held.bytes();
    const { wanted, bodyAt, packetBytes } = size === 0 ? unknown : wantedOf(state, bytes, size);
    if (size < wanted) {
      if (state.at >= state.chunk.length) return undefined;
      const step = Math.min(wanted - size, state.chunk.length - state.at);
      held.add(state.chunk.subarray(state.at, state.at + step), wanted);
      advance(state, step);
    } else {
      state.held = undefined;
      const packet = packetAt(state, bytes, 0, bodyAt, wanted);
      if (state.ended) return packet;
      state.buffered -= wanted;
      if (packetBytes <= state.packetBytesMax || packet.type !== 'publish') return packet;
      state.oversized = oversizedPayload(packet, packetBytes - wanted, state.payloadKeptBytesMax);
      return skip(state, state.oversized);
    }
  }
};

/** What has come of an oversized payload is digested. */
const skip = (state: State, payload: OversizedPayload): ClientPacket | undefined => {
  for (;;) {
    const packet = payload.packet();
    if (packet !== undefined) {
      state.oversized = undefined;
      return packet;
    }
    if (state.at >= state.chunk.length) return undefined;
    const taken = payload.take(state.chunk.subarray(state.at));
    state.buffered -= taken;
    advance(state, taken);
  }
};

/** Reads the packet at `at`, whose fixed header ends at `from`. The level is known after a CONNECT. */
const packetAt = (state: State, bytes: Buffer, at: number, from: number, end: number): ClientPacket => {
  const first = bytes[at] ?? 0;
  const { level } = state;
  if (level === undefined) return connectAt(state, bytes, at, from, end);
  if (first >> 4 === packetType.publish) return publishAt(bytes, first & 0x0f, from, end, level, state.names);
  return otherPacketAt(bytes, first >> 4, from, end, level);
};

const connectAt = (state: State, bytes: Buffer, at: number, from: number, end: number): ClientPacket => {
  const cursor = cursorOf('a CONNECT', bytes, from, end);
  const level = takeLevel(cursor);
  if (typeof level !== 'number') {
    stop(state);
    return level;
  }
  state.level = level;
  checkShortest(end - from, from - at - 1, level);
  return takeConnect(cursor, level);
};

type Wanted = {
  /** How many bytes have to be there before it can be read, or looked at again. */
  readonly wanted: number;
  readonly bodyAt: number;
  /** 0 until it is known. */
  readonly packetBytes: number;
};

const unknown: Wanted = { wanted: 1, bodyAt: 0, packetBytes: 0 };

const wantedOf = (state: State, bytes: Buffer, size: number): Wanted => {
  const first = bytes[0] ?? 0;
  checkFirstByte(first, state.level);
  const lengthBytes = lengthBytesAt(bytes, 1, size);
  if (lengthBytes === 0) return { wanted: size + 1, bodyAt: 0, packetBytes: 0 };
  const remaining = lengthAt(bytes, 1, lengthBytes);
  checkHeader(state, first, remaining, lengthBytes);
  const { packetBytesMax, level } = state;
  const bodyAt = 1 + lengthBytes;
  const packetBytes = bodyAt + remaining;
  if (packetBytes <= packetBytesMax || level === undefined) return { wanted: packetBytes, bodyAt, packetBytes };
  const wanted = payloadStart(bytes, first & 0x0f, bodyAt, size, { remaining, level });
  if (wanted > packetBytesMax + topicBytesMax) {
    throw new ProtocolViolation('a PUBLISH with more properties than are taken', reason.packetTooLarge);
  }
  return { wanted, bodyAt, packetBytes };
};

/** Taken in any case, with packet id and the length of properties. */
const topicBytesMax = 65_535 + 16;
