/** Says what a session says, and waits until the listener has closed the connection. */
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Session } from './sessions.ts';

export type Ending = 'closed' | 'refused' | 'left open';

/** The listener has to let go of a client that has gone: within this long. */
const openMsMax = 30_000;

export const sendSession = (port: number, session: Session): Promise<Ending> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let refused = false;
    socket.on('error', (error) => {
      refused ||= 'code' in error && error.code === 'ECONNREFUSED';
    });
    socket.resume(); // What the listener says is of no interest, but a full pipe would be.
    const late = setTimeout(() => {
      resolve('left open');
      socket.destroy();
    }, openMsMax);
    socket.on('close', () => {
      clearTimeout(late);
      resolve(refused ? 'refused' : 'closed');
    });
    socket.once('connect', () => {
      void write(socket, session);
    });
  });

const write = async (socket: ReturnType<typeof connect>, session: Session): Promise<void> => {
  for (const piece of session) {
    if (socket.destroyed || !socket.writable) return;
    socket.write(piece);
    await nextTurn();
  }
  socket.end();
};

/** Connections that say nothing, or only who they are, all at once; then they are gone without a word. */
export const flood = async (port: number, count: number, hello: Uint8Array | undefined): Promise<void> => {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1' }));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on('error', () => resolve());
          socket.once('connect', () => {
            if (hello !== undefined) socket.write(hello);
            resolve();
          });
        }),
    ),
  );
  for (const socket of sockets) socket.destroy();
};
