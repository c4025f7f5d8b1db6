/**
 * The way to a client. The broker never has to wait: a subscriber that does not read would otherwise hold up
 * everybody who publishes to it. What it has not taken is bounded here, and a client that takes nothing is closed.
 */
import type { Duplex } from 'node:stream';

export type Outgoing = {
  write(bytes: Uint8Array): void;
  /** Bytes handed to the socket that its peer has not taken. */
  unsentBytes(): number;
  stop(): void;
};

export type OutgoingLimits = {
  /** A client that leaves more than this untaken is closed. */
  readonly unsentBytesMax: number;
  /** A client that takes nothing for this long, though something waits, is closed. */
  readonly stalledMs: number;
};

export const outgoing = (socket: Duplex, limits: OutgoingLimits, tooSlow: (error: Error) => void): Outgoing => {
  let written = 0;
  let taken = 0;
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    timer = undefined;
    const takenNow = written - socket.writableLength;
    if (socket.writableLength === 0) return;
    if (takenNow === taken) tooSlow(new Error(`took nothing for ${limits.stalledMs} ms`));
    else watch();
  };
  const watch = (): void => {
    taken = written - socket.writableLength;
    timer ??= setTimeout(check, limits.stalledMs);
  };

  return {
    write: (bytes) => {
      if (socket.destroyed || !socket.writable) return;
      written += bytes.length;
      if (!socket.write(bytes) && timer === undefined) watch();
      if (socket.writableLength > limits.unsentBytesMax) {
        tooSlow(new Error(`left ${socket.writableLength} bytes untaken`));
      }
    },
    unsentBytes: () => socket.writableLength,
    stop: () => clearTimeout(timer),
  };
};
