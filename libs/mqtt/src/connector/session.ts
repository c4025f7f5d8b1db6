/**
 * One connection to the broker, from CONNECT to its end. Messages are acknowledged in the order they came, each when
 * the log has it, many at a time; an end drops what is not acknowledged, and the broker sends it again.
 */
import type { Duplex } from 'node:stream';
import type { Clock, Ingest, Outcome } from '@plenum/runtime';
import mqttPacket from 'mqtt-packet';
import type { Arrivals } from '../redelivery/arrivals.ts';
import { type Acknowledgements, acknowledgements } from './acknowledgements.ts';
import type { Ending } from './ending.ts';
import { type Handshake, type HandshakeParts, handshake } from './handshake.ts';
import { inbound } from './inbound.ts';
import { lateBytes } from './late-bytes.ts';
import { packetReader, type ReceivedPublish } from './packet-reader.ts';
import { type Pings, pings } from './pings.ts';

export type SessionParts = HandshakeParts & {
  readonly stream: Duplex;
  /** Never used twice in a process. */
  readonly connection: number;
  readonly ingest: Ingest;
  readonly clock: Clock;
  /** Of the broker's session, whichever connection messages come by. */
  readonly arrivals: Arrivals;
  /** Whether it is still us who may. Asked before anything is taken or sent. */
  readonly mayWork: () => boolean;
  /** The broker has accepted us and our subscriptions. */
  readonly onOpen: (opened: { readonly sessionPresent: boolean }) => void;
};

export type Session = {
  readonly ended: Promise<Ending>;
  /** There is capacity again. */
  resume(): void;
  /** Takes nothing more. What was taken is still acknowledged. */
  quiesce(): void;
  /** Says goodbye behind the last acknowledgement, and ends. The broker keeps the session. */
  disconnect(): Promise<void>;
  /** Ends at once, without a word. */
  drop(reason: string): void;
};

/** `paused`: what is taken is acknowledged, but nothing more is. `leaving`: what comes is let go by. */
type Phase = 'running' | 'paused' | 'leaving' | 'ended';

export const openSession = (parts: SessionParts): Session => {
  const { stream, ingest, limits, arrivals } = parts;
  const ended = Promise.withResolvers<Ending>();
  const phase: { now: Phase } = { now: 'running' };

  const end = (how: Ending['how'], reason: string): void => {
    if (phase.now === 'ended') return;
    phase.now = 'ended';
    clearTimeout(opening);
    pinging.stop();
    stream.destroy();
    ingest.forget(parts.connection);
    ended.resolve({ how, reason });
  };
  const lost = (reason: string): void => end(phase.now === 'leaving' ? 'done' : 'lost', reason);
  const write = (bytes: Uint8Array): void => {
    if (phase.now === 'ended') return;
    if (parts.mayWork()) stream.write(bytes);
    else lost(leaseOver);
  };
  const acks = acknowledgements(write);
  const reads = (): boolean => phase.now === 'running' && ingest.hasCapacity();

  const opening = setTimeout(() => lost('the broker did not answer in time'), limits.connectTimeoutMs);
  const ping = (): void => {
    write(pingBytes);
    arrivals.asked();
  };
  const pinging = pings({ limits, send: ping, mayHear: reads, silent: () => lost('the broker went silent') });
  const shaking = startHandshake(parts, { write, end, acks, pinging, opening });
  const publish = taking(parts, { phase, acks, lost, accepted: shaking.accepted });
  const reader = packetReader({
    protocol: parts.protocol,
    packetBytesMax: limits.packetBytesMax,
    mayRead: () => phase.now === 'leaving' || reads(),
    publish,
    other: (packet) => {
      if (phase.now !== 'ended') shaking.packet(packet);
    },
  });
  const read = (bytes: Buffer): void => {
    if (phase.now === 'ended') return;
    const problem = parts.mayWork() ? problemOf(() => reader.read(bytes)) : leaseOver;
    if (problem !== undefined) lost(problem);
    else if (phase.now === 'leaving' || reads()) stream.resume();
    else stream.pause();
  };

  const late = lateBytes(read);
  const heard = (bytes: Buffer): void => {
    pinging.heard();
    late.add(bytes);
    if (!shaking.accepted() || !ingest.postpone(bytes.length, late.read)) late.read();
  };
  // What was not read when the connection ends, the broker sends again.
  listen(stream, heard, lost);
  shaking.begin();

  return {
    ended: ended.promise,
    resume: () => read(nothing),
    quiesce: () => {
      if (phase.now === 'running') phase.now = 'paused';
      stream.pause();
    },
    disconnect: async () => {
      write(disconnectBytes);
      if (phase.now !== 'ended') await leave(stream, phase, () => read(nothing), lost, ended.promise);
    },
    drop: lost,
  };
};

type HandshakeTools = {
  readonly write: (bytes: Uint8Array) => void;
  readonly end: (how: Ending['how'], reason: string) => void;
  readonly acks: Acknowledgements;
  readonly pinging: Pings;
  readonly opening: NodeJS.Timeout;
};

const startHandshake = (parts: SessionParts, { write, end, acks, pinging, opening }: HandshakeTools): Handshake => {
  const { limits, arrivals, protocol } = parts;
  return handshake(parts, {
    send: (packet) => write(mqttPacket.generate(packet, { protocolVersion: protocol })),
    end,
    keepalive: pinging.every,
    accepted: ({ present }) => {
      if (present) arrivals.reconnected();
      else arrivals.forget();
      // Not before: until then there is a time of its own for the answer.
      pinging.every(limits.keepaliveMs);
    },
    ponged: arrivals.answered,
    opened: (opened) => {
      clearTimeout(opening);
      parts.onOpen(opened);
    },
    released: (packetId) => acks.add('pubcomp', packetId),
  });
};

type Taking = {
  readonly phase: { readonly now: Phase };
  readonly acks: Acknowledgements;
  readonly lost: (reason: string) => void;
  readonly accepted: () => boolean;
};

/** Takes a message to the log, and acknowledges it when it is there. */
const taking = (parts: SessionParts, { phase, acks, lost, accepted }: Taking) => {
  const { ingest, clock, arrivals } = parts;
  const settled = ({ qos, packetId }: ReceivedPublish, outcome: Outcome): void => {
    if (phase.now === 'ended' || outcome === 'forgotten') return;
    if (outcome === 'unsafe') lost('the log did not take a message before the end');
    // Asked here and not only when it is written: what is behind it must not be sent to the log in between.
    else if (!parts.mayWork()) lost(leaseOver);
    else {
      acks.add(qos === 1 ? 'puback' : 'pubrec', packetId);
      arrivals.acknowledged(packetId);
    }
  };
  return (received: ReceivedPublish): void => {
    if (!accepted()) throw new Error('the broker began with a PUBLISH');
    if (phase.now === 'leaving' || phase.now === 'ended') return;
    ingest.received(1);
    const arrival = received.qos === 0 ? undefined : arrivals.of(received, clock.nowUs());
    // Whether there is capacity is asked before the next.
    ingest.offer(inbound(parts, received, arrival), (outcome) => settled(received, outcome));
    if (arrival !== undefined) arrivals.remember(received, arrival);
  };
};

/** What the broker sent is nonsense, and its connection of no more use. */
const problemOf = (read: () => void): string | undefined => {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const listen = (stream: Duplex, heard: (bytes: Buffer) => void, lost: (reason: string) => void): void => {
  stream.on('data', heard);
  stream.on('error', (error) => lost(error.message));
  stream.on('end', () => lost('the broker closed the connection'));
  stream.on('close', () => lost('the connection was closed'));
};

/**
 * What still arrives is read and let go by: closing a socket with unread bytes resets it, and a reset may cost the
 * broker our last ones.
 */
const leave = async (
  stream: Duplex,
  phase: { now: Phase },
  readOn: () => void,
  lost: (reason: string) => void,
  ended: Promise<Ending>,
): Promise<void> => {
  phase.now = 'leaving';
  const timer = setTimeout(() => lost('the broker did not close the connection'), leaveMs);
  readOn();
  stream.end();
  await ended;
  clearTimeout(timer);
};

const nothing = Buffer.alloc(0);
const pingBytes = Uint8Array.of(0xc0, 0);
const disconnectBytes = Uint8Array.of(0xe0, 0);
const leaseOver = 'the lease is over';
/** How long the broker may take to close after our goodbye. */
const leaveMs = 2000;
