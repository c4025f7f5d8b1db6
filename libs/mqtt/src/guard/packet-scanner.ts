/**
 * Finds where MQTT control packets begin and end (MQTT 3.1.1, 2.2), so that nothing larger than allowed reaches the
 * broker's parser, which would buffer it whole. Bytes are passed on as views of what came in; only an oversized
 * PUBLISH is taken out of the stream, hashed as it passes, and reported instead.
 */
import { type OversizedPublish, type OversizedReader, oversizedReader } from './oversized-publish.ts';
import { ProtocolViolation } from './protocol-violation.ts';

export type PacketSink = {
  /** Bytes to pass on, in order. */
  pass(bytes: Uint8Array): void;
  /** A PUBLISH that is taken out, at its place in the stream. */
  oversized(publish: OversizedPublish): void;
};

export type PacketScanner = {
  /**
   * Scans a chunk and returns how many of its bytes it dealt with. Fewer than all only once: behind the CONNECT, so
   * that the caller can hold back the rest until the client is let in.
   * @throws {ProtocolViolation} on bytes after which the stream makes no sense; the connection has to be closed.
   */
  scan(chunk: Uint8Array, sink: PacketSink): number;
  /** How many whole PUBLISH packets have passed, oversized ones included. */
  publishes(): number;
  /** Whether the CONNECT has passed whole. */
  connected(): boolean;
};

type State = {
  /** Bytes of a fixed header that the chunk before ended with. */
  held: Uint8Array;
  /** What is still to come of the packet under way. */
  remaining: number;
  type: number;
  skipping: OversizedReader | undefined;
  begun: boolean;
  connected: boolean;
  publishes: number;
};

export const packetScanner = (packetBytesMax: number): PacketScanner => {
  const state: State = {
    held: none,
    remaining: 0,
    type: 0,
    skipping: undefined,
    begun: false,
    connected: false,
    publishes: 0,
  };
  return {
    scan: (chunk, sink) => scan(state, chunk, { sink, packetBytesMax }),
    publishes: () => state.publishes,
    connected: () => state.connected,
  };
};

const none = new Uint8Array(0);
const connect = 1;
const publish = 3;

type Rules = { readonly sink: PacketSink; readonly packetBytesMax: number };

const scan = (state: State, chunk: Uint8Array, { sink, packetBytesMax }: Rules): number => {
  let at = 0;
  let passFrom = 0;
  while (at < chunk.length) {
    if (state.remaining > 0) {
      const step = Math.min(state.remaining, chunk.length - at);
      state.skipping?.read(chunk.subarray(at, at + step));
      state.remaining -= step;
      at += step;
      if (state.skipping !== undefined) passFrom = at;
    } else {
      const header = readHeader(state.held, chunk, at);
      if (header === undefined) {
        if (passFrom < at) sink.pass(chunk.subarray(passFrom, at));
        state.held = concat(state.held, chunk.subarray(at));
        return chunk.length;
      }
      check(state, header);
      state.type = header.type;
      state.remaining = header.remaining;
      if (header.sizeBytes > packetBytesMax) {
        if (passFrom < at) sink.pass(chunk.subarray(passFrom, at));
        state.skipping = skipped(header, packetBytesMax);
        passFrom = header.endsAt;
      } else if (state.held.length > 0) {
        sink.pass(state.held);
      }
      state.held = none;
      at = header.endsAt;
    }
    if (state.remaining > 0) continue;
    if (state.type === publish) state.publishes += 1;
    if (state.skipping !== undefined) {
      sink.oversized(state.skipping.end());
      state.skipping = undefined;
    }
    if (state.type === connect) {
      state.connected = true;
      break;
    }
  }
  if (passFrom < at) sink.pass(chunk.subarray(passFrom, at));
  return at;
};

type Header = {
  readonly type: number;
  readonly flags: number;
  readonly remaining: number;
  /** Of the whole packet. */
  readonly sizeBytes: number;
  /** Where in the chunk the fixed header ends. */
  readonly endsAt: number;
};

/** A fixed header that may have begun in the chunk before. `undefined` when it is not all there yet. */
const readHeader = (held: Uint8Array, chunk: Uint8Array, at: number): Header | undefined => {
  const byte = (index: number): number | undefined =>
    index < held.length ? held[index] : chunk[at + index - held.length];
  const first = byte(0) ?? 0;
  let remaining = 0;
  for (let index = 1; index <= 4; index += 1) {
    const digit = byte(index);
    if (digit === undefined) return undefined;
    remaining += (digit & 0x7f) * 128 ** (index - 1);
    if (digit < 0x80) {
      const length = index + 1;
      const endsAt = at + length - held.length;
      return { type: first >> 4, flags: first & 0x0f, remaining, sizeBytes: length + remaining, endsAt };
    }
  }
  throw new ProtocolViolation('malformed remaining length');
};

/** CONNECT, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and DISCONNECT. */
const sentByClients: ReadonlySet<number> = new Set([1, 3, 4, 5, 6, 7, 8, 10, 12, 14]);

const check = (state: State, { type, flags }: Header): void => {
  if (!state.begun && type !== connect) throw new ProtocolViolation('the first packet is not CONNECT');
  if (state.begun && type === connect) throw new ProtocolViolation('a second CONNECT');
  if (!sentByClients.has(type)) throw new ProtocolViolation(`a packet of type ${type} from a client`);
  if (type === publish && (flags & 0x06) === 0x06) throw new ProtocolViolation('a PUBLISH of QoS 3');
  state.begun = true;
};

const skipped = ({ type, flags, remaining, sizeBytes }: Header, packetBytesMax: number): OversizedReader => {
  if (type !== publish) {
    throw new ProtocolViolation(`a packet of type ${type} and ${sizeBytes} bytes; at most ${packetBytesMax} are taken`);
  }
  return oversizedReader(flags, remaining);
};

const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
};
