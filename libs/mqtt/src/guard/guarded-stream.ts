/** What the broker gets instead of a socket: the same bytes, scanned on the way in and bounded on the way out. */
import { Duplex } from 'node:stream';
import { type Incoming, type IncomingParts, incoming } from './incoming.ts';
import { type Outgoing, type OutgoingLimits, outgoing } from './outgoing.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { readAll } from './read-all.ts';

export type GuardParts = IncomingParts & OutgoingLimits;

export type GuardedStream = Pick<Incoming, 'admit' | 'resume' | 'stop' | 'ended'> & {
  /** For the broker. */
  readonly stream: Duplex;
  unsentBytes(): number;
};

export const guardedStream = (socket: Duplex, parts: GuardParts): GuardedStream => {
  const stream = new Duplex({
    readableHighWaterMark: readAheadBytes,
    read: () => input.wanted(),
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
      // A client that breaks the protocol still gets the acknowledgements of what came before.
      release(socket, out, error !== null && !(error instanceof ProtocolViolation));
      done(error);
    },
  });
  const out = outgoing(socket, parts, (error) => stream.destroy(error));
  const input = incoming(socket, stream, parts);

  socket.on('error', (error) => stream.destroy(error));
  // After a clean end the broker still reads what was sent before it, and then closes by itself.
  socket.on('close', () => {
    if (!input.ended()) stream.destroy();
  });
  const { admit, resume, stop, ended } = input;
  return { stream: readAll(stream), admit, resume, stop, ended, unsentBytes: out.unsentBytes };
};

/** Parsed and unparsed bytes of one connection that the broker may be ahead by. */
const readAheadBytes = 16 * 1024;

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
