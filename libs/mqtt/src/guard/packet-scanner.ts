/**
 * Finds where MQTT control packets begin and end (MQTT 3.1.1, 2.2), and lets nothing pass to the broker's parser that is
 * malformed, or larger than allowed. Bytes are passed on as views of what came in; only the beginning of a packet that
 * came in pieces is put together first, and a PUBLISH that is oversized or has no good topic name is taken out.
 */
import { checkConnect, connectOfOtherLevel } from './connect-packet.ts';
import { heldBytes } from './held-bytes.ts';
import { type OversizedReader, oversizedReader } from './oversized-publish.ts';
import { type Head, headOf, packetType } from './packet-head.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { checkFilters } from './subscribe-packet.ts';
import { type BadTopic, badTopicOf, checkPacketId, headless, type TakenOut } from './taken-out.ts';

export type PacketSink = {
  /** Bytes to pass on, in order. */
  pass(bytes: Uint8Array): void;
  /** What is taken out, where it was in the stream. */
  takenOut(publish: TakenOut): void;
};

export type PacketScanner = {
  /**
   * Scans a chunk and returns how many of its bytes it dealt with. Fewer than all only once: behind the CONNECT, so
   * that the caller can hold back the rest until the client is let in.
   * @throws {ProtocolViolation} on bytes after which the connection has to be closed. What stands before them has been
   * passed on, and of a PUBLISH whose only fault is its topic name all that there is.
   */
  scan(chunk: Uint8Array, sink: PacketSink): number;
  /** How many whole PUBLISH packets have passed, those that were taken out included. */
  publishes(): number;
  /** Whether the CONNECT has passed whole. */
  connected(): boolean;
};

type State = {
  readonly packetBytesMax: number;
  /** A packet's head of which not everything has come. */
  readonly held: ReturnType<typeof heldBytes>;
  /** What is still to come of the packet under way. */
  remaining: number;
  type: number;
  skipping: OversizedReader | undefined;
  badTopic: BadTopic | undefined;
  connected: boolean;
  publishes: number;
};

export const packetScanner = (packetBytesMax: number): PacketScanner => {
  const state: State = {
    packetBytesMax,
    held: heldBytes(),
    remaining: 0,
    type: 0,
    skipping: undefined,
    badTopic: undefined,
    connected: false,
    publishes: 0,
  };
  return {
    scan: (chunk, sink) => scan(state, chunk, sink),
    publishes: () => state.publishes,
    connected: () => state.connected,
  };
};

const scan = (state: State, chunk: Uint8Array, sink: PacketSink): number => {
  let at = 0;
  let passFrom = 0;
  const passBefore = (end: number): void => {
    if (passFrom < end) sink.pass(chunk.subarray(passFrom, end));
  };
  try {
    while (at < chunk.length) {
      if (state.remaining > 0) {
        const step = Math.min(state.remaining, chunk.length - at);
        if (state.skipping !== undefined) {
          state.skipping.read(chunk.subarray(at, at + step));
          passFrom = at + step;
        }
        state.remaining -= step;
        at += step;
      } else if (state.held.size() > 0) {
        at = holdOn(state, chunk, at, sink);
        passFrom = at;
        if (state.held.size() > 0) return at;
      } else {
        const head = nextHead(state, chunk, at, chunk.length);
        if (head.endsAt > chunk.length) {
          passBefore(at);
          state.held.add(chunk.subarray(at));
          return chunk.length;
        }
        const replaced = begin(state, chunk, at, head);
        if (replaced !== undefined) {
          passBefore(at);
          replaced(sink);
          passFrom = head.endsAt;
        }
        at = head.endsAt;
      }
      if (state.remaining > 0) continue;
      endPacket(state, sink);
      if (state.type === packetType.connect) break;
    }
  } catch (error) {
    passBefore(at);
    throw error;
  }
  passBefore(at);
  return at;
};

/** Takes as much of a chunk as the head needs that the chunk before ended in. Returns where it went on to. */
const holdOn = (state: State, chunk: Uint8Array, from: number, sink: PacketSink): number => {
  let at = from;
  for (;;) {
    const size = state.held.size();
    const head = nextHead(state, state.held.bytes(), 0, size);
    if (head.endsAt <= size) {
      const bytes = state.held.take();
      const replaced = begin(state, bytes, 0, head);
      if (replaced === undefined) sink.pass(bytes);
      else replaced(sink);
      return at;
    }
    if (at === chunk.length) return at;
    const step = Math.min(head.endsAt - size, chunk.length - at);
    state.held.add(chunk.subarray(at, at + step));
    at += step;
  }
};

const nextHead = ({ connected, packetBytesMax }: State, bytes: Uint8Array, at: number, end: number): Head => {
  const isConnect = (bytes[at] ?? 0) >> 4 === packetType.connect;
  if (isConnect && connected) throw new ProtocolViolation('a second CONNECT');
  if (!isConnect && !connected) throw new ProtocolViolation('the first packet is not CONNECT');
  return headOf(bytes, at, end, packetBytesMax);
};

/** What goes the head's way instead of it. */
type Replaced = (sink: PacketSink) => void;

/** Checks a head that is there in one piece. */
const begin = (state: State, bytes: Uint8Array, at: number, head: Head): Replaced | undefined => {
  const { type, bodyAt, endsAt } = head;
  state.type = type;
  state.remaining = head.remaining - (endsAt - bodyAt);
  if (type === packetType.publish) return beginPublish(state, bytes, at, head);
  if (type === packetType.connect) {
    return checkConnect(bytes, bodyAt, endsAt) ? undefined : (sink) => sink.pass(connectOfOtherLevel);
  }
  if (type === packetType.subscribe) checkFilters('SUBSCRIBE', bytes, bodyAt, endsAt);
  else if (type === packetType.unsubscribe) checkFilters('UNSUBSCRIBE', bytes, bodyAt, endsAt);
  else if (endsAt > bodyAt) checkPacketId(bytes, head);
  return undefined;
};

const beginPublish = (state: State, bytes: Uint8Array, at: number, head: Head): Replaced | undefined => {
  const { flags, remaining, bodyAt, endsAt } = head;
  const badTopic = badTopicOf(bytes, head);
  state.badTopic = badTopic;
  if (bodyAt - at + remaining > state.packetBytesMax) {
    state.skipping = oversizedReader(flags, remaining);
    state.skipping.read(bytes.subarray(bodyAt, endsAt));
    return () => undefined; // Something does when all of it is known.
  }
  if (badTopic === undefined) return undefined;
  const publish = headless(bytes, head, { payloadBytes: state.remaining, badTopic });
  return (sink) => sink.takenOut(publish);
};

const endPacket = (state: State, sink: PacketSink): void => {
  if (state.type === packetType.connect) state.connected = true;
  if (state.type !== packetType.publish) return;
  state.publishes += 1;
  const { skipping, badTopic } = state;
  state.skipping = undefined;
  if (skipping !== undefined) {
    const oversized = skipping.end();
    const { qos, dup, packetId } = oversized;
    sink.takenOut({ qos, dup, packetId, payloadBytes: 0, oversized, badTopic });
  }
  if (badTopic !== undefined) throw new ProtocolViolation(badTopic.problem);
};
