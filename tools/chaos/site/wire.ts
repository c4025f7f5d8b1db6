/** A network cable that can be cut: a TCP proxy whose connections can be broken, refused, or left hanging. */
import net from 'node:net';

export type Wire = {
  /** Where to connect instead. */
  readonly port: number;
  /** Breaks every connection, and every new one at once: a switch that went away and said so. */
  cut(): void;
  /** Carries nothing more, in either direction, and breaks nothing: a cable pulled out. */
  hold(): void;
  /** Carries again what waits on held connections. */
  mend(): void;
  close(): Promise<void>;
};

type State = 'whole' | 'cut' | 'held';

/** @param to the port on this machine that it leads to; asked at every connection. */
export const layWire = async (to: () => number): Promise<Wire> => {
  const open = new Set<net.Socket>();
  let state: State = 'whole';
  const join = (near: net.Socket): void => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect({ port: to(), host: '127.0.0.1', noDelay: true });
    const end = (): void => {
      for (const socket of [near, far]) {
        open.delete(socket);
        socket.destroy();
      }
    };
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', end).on('close', end);
      from.on('data', (bytes) => {
        if (!into.write(bytes)) from.pause();
      });
      into.on('drain', () => state !== 'held' && from.resume());
      if (state === 'held') from.pause();
    }
  };
  const server = net.createServer({ noDelay: true }, join);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port, // It listens on TCP, so its address is no pipe's name.
    cut: () => {
      state = 'cut';
      for (const socket of [...open]) socket.resetAndDestroy();
    },
    hold: () => {
      state = 'held';
      for (const socket of open) socket.pause();
    },
    mend: () => {
      state = 'whole';
      for (const socket of open) socket.resume();
    },
    close: async () => {
      for (const socket of [...open]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
