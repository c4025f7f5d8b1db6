/** A connection on which a script sends bytes and hears frames. */
import { connect } from 'node:net';
import { type Frame, nextFrame } from './received.ts';

export type Wire = {
  send(bytes: Uint8Array): void;
  /** The next frame that came and was not asked for yet; `undefined` when the connection was closed instead. */
  next(): Promise<Frame | undefined>;
  /** Breaks it off without a word, and settles when it is gone. */
  kill(): Promise<void>;
};

export const openWire = (port: number): Wire => {
  const socket = connect({ port, host: '127.0.0.1' });
  const waiting: Frame[] = [];
  const closed = Promise.withResolvers<void>();
  let unread = Buffer.alloc(0);
  let gone = false;
  let asking: PromiseWithResolvers<Frame | undefined> | undefined;
  const answer = (frame: Frame | undefined): void => {
    const { resolve } = asking ?? {};
    asking = undefined;
    if (resolve !== undefined) resolve(frame);
    else if (frame !== undefined) waiting.push(frame);
  };
  socket.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    for (let next = nextFrame(unread); next !== undefined; next = nextFrame(unread)) {
      unread = Buffer.from(next.rest);
      answer(next.frame);
    }
  });
  socket.on('error', () => undefined); // A reset is one way of being closed.
  socket.on('close', () => {
    gone = true;
    closed.resolve();
    answer(undefined);
  });
  return {
    send: (bytes) => void socket.write(bytes),
    next: () => {
      const frame = waiting.shift();
      if (frame !== undefined || gone) return Promise.resolve(frame);
      asking ??= Promise.withResolvers();
      return asking.promise;
    },
    kill: () => {
      socket.destroy();
      return closed.promise;
    },
  };
};
