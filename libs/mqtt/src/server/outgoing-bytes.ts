/**
 * The way to a client. Small packets of a turn are gathered and leave as one; nobody waits for a client that does not read, so
 * what it has not taken is bounded.
 */
import type { Duplex } from 'node:stream';
import { writeAck } from '../codec/packet-writer.ts';

export type OutgoingBytes = {
  write(bytes: Uint8Array): void;
  /** PUBACK, PUBREC, PUBREL or PUBCOMP of four bytes. */
  ack(type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', id: number): void;
  /** Hands over what was gathered. */
  flush(): void;
  /** Bytes that the peer has not taken. */
  unsentBytes(): number;
  /** Bytes that the peer has taken, up to now. */
  takenBytes(): number;
};

/** Of a process: flushes everything that was gathered at the end of the turn. */
export type Flusher = { add(out: { flush(): void }): void };

export const flusher = (): Flusher => {
  let waiting: { flush(): void }[] = [];
  const flushAll = (): void => {
    const due = waiting;
    waiting = [];
    for (const out of due) out.flush();
  };
  return {
    add: (out) => {
      if (waiting.length === 0) setImmediate(flushAll);
      waiting.push(out);
    },
  };
};

/** `tooMuch` is called when more than `unsentBytesMax` waits for the peer. */
export const outgoingBytes = (
  socket: Duplex,
  { add }: Flusher,
  unsentBytesMax: number,
  tooMuch: () => void,
): OutgoingBytes => {
  let gathered: Buffer = nothing;
  let length = 0;
  let isDue = false;
  let written = 0;

  const space = (bytes: number): void => {
    if (length + bytes > gathered.length) {
      const larger = Buffer.allocUnsafe(Math.max(firstBytes, (length + bytes) * 2));
      gathered.copy(larger, 0, 0, length);
      gathered = larger;
    }
    if (isDue) return;
    isDue = true;
    add(out);
  };
  const hand = (bytes: Uint8Array): void => {
    if (socket.destroyed || !socket.writable) return;
    written += bytes.length;
    socket.write(bytes);
    if (socket.writableLength > unsentBytesMax) tooMuch();
  };
  const out: OutgoingBytes = {
    write: (bytes) => {
      if (bytes.length > gatheredBytesMax) {
        out.flush();
        hand(bytes);
        return;
      }
      space(bytes.length);
      gathered.set(bytes, length);
      length += bytes.length;
      if (length > gatheredBytesMax) out.flush();
    },
    ack: (type, id) => {
      space(4);
      writeAck(gathered, length, type, id);
      length += 4;
    },
    flush: () => {
      isDue = false;
      if (length === 0) return;
      const bytes = gathered.subarray(0, length);
      // The socket may keep it for a while, and thousands of quiet connections would keep it for ever.
      gathered = nothing;
      length = 0;
      hand(bytes);
    },
    unsentBytes: () => socket.writableLength + length,
    takenBytes: () => written - socket.writableLength,
  };
  return out;
};

const nothing = Buffer.alloc(0);
const firstBytes = 64;
const gatheredBytesMax = 16 * 1024;
