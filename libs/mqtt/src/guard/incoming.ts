/** The way from a client: takes chunks from its socket as fast as the broker and the ingest loop want them. */
import type { Duplex, Readable } from 'node:stream';
import { type PacketScanner, type PacketSink, packetScanner } from './packet-scanner.ts';
import type { TakenOut } from './taken-out.ts';

export type IncomingParts = {
  readonly packetBytesMax: number;
  /** Whether bytes may be taken from sockets at the moment; `resume` is called when that changes to yes. */
  readonly mayRead: () => boolean;
  /** Whether so many bytes that have just come may be read later; `read` is called then. */
  readonly postpone: (bytes: number, read: () => void) => boolean;
  /** Whether the broker may hear that the peer has ended: it forgets what is still held. Asked again by `resume`. */
  readonly mayEnd: () => boolean;
  /** So many PUBLISH packets have arrived whole. */
  readonly published: (messages: number) => void;
  /** Bytes that replace a PUBLISH that is taken out; what is passed on of its payload follows them. */
  readonly standIn: (publish: TakenOut) => Uint8Array;
  /** The client has broken the protocol, and nothing more is read. `close` is to be called when what came before is done. */
  readonly violated: (close: () => void) => void;
};

export type Incoming = {
  /** The client was let in: what it sent behind its CONNECT may follow. */
  admit(): void;
  /** Reads on, if it may. */
  resume(): void;
  /** Takes nothing more from the socket. What was taken goes its way. */
  stop(): void;
  /** The broker has read what it was given. */
  wanted(): void;
  /** The peer has ended its side. */
  ended(): boolean;
};

/** `waiting`: the CONNECT has passed, and what follows it is held back until the broker has answered. */
type Stage = 'connecting' | 'waiting' | 'admitted' | 'stopped';

export const incoming = (
  socket: Duplex,
  stream: Readable,
  { packetBytesMax, mayRead, postpone, mayEnd, published, standIn, violated }: IncomingParts,
): Incoming => {
  const scanner = packetScanner(packetBytesMax);
  const backlog: Uint8Array[] = [];
  let stage: Stage = 'connecting';
  let wanted = true;
  let ended = false;

  const sink = {
    pass: (bytes: Uint8Array) => {
      wanted = stream.push(bytes);
    },
    takenOut: (publish: TakenOut) => {
      wanted = stream.push(standIn(publish));
    },
  };
  const scan = (chunk: Uint8Array): void => {
    const { scanned, messages, violation } = scannedPart(scanner, chunk, sink);
    if (messages > 0) published(messages);
    if (violation === undefined) {
      if (scanned < chunk.length) backlog.unshift(chunk.subarray(scanned));
      if (scanner.connected() && stage === 'connecting') stage = 'waiting';
    } else {
      stage = 'stopped'; // What follows makes no sense any more.
      violated(() => stream.destroy(violation));
    }
  };
  /** What was put off may come when the connection is over: nobody takes it then, and it must not be counted. */
  const mayScan = (): boolean => !stream.destroyed && (stage === 'connecting' || (stage === 'admitted' && mayRead()));
  const pump = (): void => {
    while (backlog.length > 0 && wanted && mayScan()) scan(backlog.shift() ?? nothing);
    if (backlog.length > 0 || stage === 'stopped') socket.pause();
    else if (!ended) {
      if (wanted) socket.resume();
    } else if (mayEnd()) stream.push(null);
  };

  socket.on('data', (chunk: Uint8Array) => {
    backlog.push(chunk);
    if (stage !== 'admitted' || !postpone(chunk.length, pump)) pump();
  });
  socket.on('end', () => {
    ended = true;
    pump();
  });

  return {
    admit: () => {
      if (stage !== 'stopped') stage = 'admitted';
      pump();
    },
    resume: pump,
    stop: () => {
      stage = 'stopped';
      socket.pause();
    },
    wanted: () => {
      wanted = true;
      // A stream says nothing of what comes to it while it is being read, and Aedes reads it once each time it says something.
      if (backlog.length > 0) process.nextTick(pump);
      else pump();
    },
    ended: () => ended,
  };
};

type Scanned = { readonly scanned: number; readonly messages: number; readonly violation: Error | undefined };

const scannedPart = (scanner: PacketScanner, chunk: Uint8Array, sink: PacketSink): Scanned => {
  const before = scanner.publishes();
  try {
    const scanned = scanner.scan(chunk, sink);
    return { scanned, messages: scanner.publishes() - before, violation: undefined };
  } catch (error) {
    const violation = error instanceof Error ? error : new Error(String(error));
    return { scanned: chunk.length, messages: scanner.publishes() - before, violation };
  }
};

const nothing = new Uint8Array(0);
