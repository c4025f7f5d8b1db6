/** What the broker gets instead of a socket: the same bytes, scanned on the way in and bounded on the way out. */
import { Duplex } from 'node:stream';
import { type Outgoing, type OutgoingLimits, outgoing } from './outgoing.ts';
import type { OversizedPublish } from './oversized-publish.ts';
import { packetScanner } from './packet-scanner.ts';
import { readAll } from './read-all.ts';

export type GuardParts = OutgoingLimits & {
  readonly packetBytesMax: number;
  /** Whether bytes may be taken from sockets at the moment; `resume` is called when that changes to yes. */
  readonly mayRead: () => boolean;
  /** So many PUBLISH packets have arrived whole. */
  readonly published: (messages: number) => void;
  /** Bytes to put in the place of an oversized PUBLISH. */
  readonly standIn: (publish: OversizedPublish) => Uint8Array;
};

export type GuardedStream = {
  /** For the broker. */
  readonly stream: Duplex;
  /** The client was let in: what it sent behind its CONNECT may follow. */
  admit(): void;
  /** Reads on, if it may. */
  resume(): void;
  /** Takes nothing more from the socket. What was taken goes its way. */
  stop(): void;
  unsentBytes(): number;
};

export const guardedStream = (socket: Duplex, parts: GuardParts): GuardedStream => {
  const scanner = packetScanner(parts.packetBytesMax);
  const backlog: Uint8Array[] = [];
  let wanted = true;
  let stage: 'connecting' | 'waiting' | 'admitted' | 'stopped' = 'connecting';
  let ended = false;

  const stream = new Duplex({
    readableHighWaterMark: readAheadBytes,
    read: () => {
      wanted = true;
      pump();
    },
    write: (bytes: Uint8Array, _encoding, done) => {
      out.write(bytes);
      done();
    },
    writev: (writes, done) => {
      // Aedes writes an acknowledgement at a time; the socket is better served with all of a turn at once.
      out.write(Buffer.concat(writes.map(({ chunk }) => chunk)));
      done();
    },
    final: (done) => {
      socket.end();
      done();
    },
    destroy: (error, done) => {
      release(socket, out, error !== null);
      done(error);
    },
  });
  const out = outgoing(socket, parts, (error) => stream.destroy(error));

  const sink = {
    pass: (bytes: Uint8Array) => {
      wanted = stream.push(bytes);
    },
    oversized: (publish: OversizedPublish) => {
      wanted = stream.push(parts.standIn(publish));
    },
  };

  const pump = (): void => {
    while (backlog.length > 0 && wanted && mayScan()) scan(backlog.shift() ?? nothing);
    if (backlog.length > 0 || stage === 'stopped') socket.pause();
    else if (ended) stream.push(null);
    else if (wanted) socket.resume();
  };
  const mayScan = (): boolean => stage === 'connecting' || (stage === 'admitted' && parts.mayRead());
  const scan = (chunk: Uint8Array): void => {
    const before = scanner.publishes();
    try {
      const scanned = scanner.scan(chunk, sink);
      if (stage === 'connecting' && scanned < chunk.length) backlog.unshift(chunk.subarray(scanned));
      if (scanner.connected() && stage === 'connecting') stage = 'waiting';
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    const messages = scanner.publishes() - before;
    if (messages > 0) parts.published(messages);
  };

  socket.on('data', (chunk: Uint8Array) => {
    backlog.push(chunk);
    pump();
  });
  socket.on('end', () => {
    ended = true;
    pump();
  });
  socket.on('error', (error) => stream.destroy(error));
  // After a clean end the broker still reads what was sent before it, and then closes by itself.
  socket.on('close', () => {
    if (!ended) stream.destroy();
  });

  return {
    stream: readAll(stream),
    admit: () => {
      if (stage === 'waiting' || stage === 'connecting') stage = 'admitted';
      pump();
    },
    resume: pump,
    stop: () => {
      stage = 'stopped';
      socket.pause();
    },
    unsentBytes: out.unsentBytes,
  };
};

/** Parsed and unparsed bytes of one connection that the broker may be ahead by. */
const readAheadBytes = 16 * 1024;
const nothing = new Uint8Array(0);

/**
 * Lets what was written leave first, unless something went wrong; then there is nobody to take it. What the peer still
 * sends is read and ignored: closing a socket with unread bytes resets it, and a reset may cost the peer our last ones.
 */
const release = (socket: Duplex, out: Outgoing, failed: boolean): void => {
  out.stop();
  if (failed || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.removeAllListeners('data');
  socket.resume();
  socket.end();
};

/** How long a peer may take to read our last bytes and close its side. */
const lingerMs = 2000;
