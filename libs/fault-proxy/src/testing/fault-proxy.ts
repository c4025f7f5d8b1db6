/** A TCP proxy whose connections can be broken, refused, left hanging, or looked into and changed. */
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One direction of one connection. */
export type Way = {
  /** Hands bytes on; `then` is called when the system has taken them. */
  pass(bytes: Uint8Array, then?: () => void): void;
  /** Ends the connection on both sides. */
  cut(): void;
};

/** What becomes of the bytes of one connection. What is left out passes them as they are. */
export type Tampering = {
  readonly toServer?: (bytes: Buffer, way: Way) => void;
  readonly toClient?: (bytes: Buffer, way: Way) => void;
};

/** A connection that a client has open. */
export type Carried = {
  /** The port that it leads to; 0 until that is known. */
  readonly port: number;
  cut(): void;
};

export type FaultProxySettings = {
  /** Where a connection leads; asked at every one. */
  readonly to: (client: Socket) => Target | Promise<Target>;
  /** Asked at every connection, counted from 0. */
  readonly tamper?: (connection: number) => Tampering;
};

type Target = { readonly host?: string; readonly port: number };

export type FaultProxy = {
  /** Where to connect instead, on this machine. */
  readonly port: number;
  /** The same URL by this way. */
  through(url: string): string;
  /** Breaks every connection, and every new one at once: a switch that went away and said so. */
  cut(): void;
  /** Carries nothing more, in either direction, and breaks nothing: a cable pulled out. */
  hold(): void;
  /** Carries again, also what waits on held connections. */
  mend(): void;
  /** What clients have open. */
  open(): readonly Carried[];
  /** Settles when the next client's connection has ended. */
  ended(): Promise<void>;
  close(): Promise<void>;
};

type State = 'whole' | 'cut' | 'held';

/** Listens at once; the caller closes it. */
export const faultProxy = async ({ to, tamper = () => ({}) }: FaultProxySettings): Promise<FaultProxy> => {
  const sockets = new Set<Socket>();
  const carried = new Map<Socket, Carried>();
  const changes = new EventEmitter();
  let state: State = 'whole';
  let connections = 0;
  const isHeld = (): boolean => state === 'held';

  const keep = (socket: Socket, other: () => Socket | undefined): void => {
    sockets.add(socket);
    const end = (): void => {
      sockets.delete(socket);
      socket.destroy();
      other()?.destroy();
    };
    socket.on('error', end).on('close', end);
    if (isHeld()) socket.pause();
  };

  const join = async (client: Socket, tampering: Tampering): Promise<void> => {
    let server: Socket | undefined;
    carried.set(client, { port: 0, cut: () => client.destroy() });
    client.once('close', () => {
      carried.delete(client);
      changes.emit('ended');
    });
    keep(client, () => server);
    const { host = '127.0.0.1', port } = await to(client);
    if (client.destroyed) return;
    carried.set(client, { port, cut: () => client.destroy() });
    server = connect({ host, port, noDelay: true });
    keep(server, () => client);
    carry(client, server, tampering.toServer, isHeld);
    carry(server, client, tampering.toClient, isHeld);
  };

  const server = createServer({ noDelay: true }, (client) => {
    if (state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const tampering = tamper(connections);
    connections += 1;
    join(client, tampering).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // It listens on TCP, so its address is no pipe's name.

  return {
    port,
    through: (url) => {
      const way = new URL(url);
      way.hostname = '127.0.0.1';
      way.port = String(port);
      return way.href;
    },
    cut: () => {
      state = 'cut';
      for (const socket of [...sockets]) socket.resetAndDestroy();
    },
    hold: () => {
      state = 'held';
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      state = 'whole';
      // Those that are still being joined begin by themselves, and have nobody yet who would hear what they say.
      for (const socket of sockets) if (socket.listenerCount('data') > 0) socket.resume();
    },
    open: () => [...carried.values()],
    ended: async () => {
      await once(changes, 'ended');
    },
    close: async () => {
      for (const socket of [...sockets]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** From one side to the other, no faster than that one takes it. */
const carry = (from: Socket, into: Socket, tamper: Tampering['toServer'], isHeld: () => boolean): void => {
  const way: Way = {
    pass: (bytes, then) => {
      if (into.destroyed) return;
      if (!into.write(bytes, then)) from.pause();
    },
    cut: () => {
      from.destroy();
      into.destroy();
    },
  };
  from.on('data', (bytes: Buffer) => (tamper === undefined ? way.pass(bytes) : tamper(bytes, way)));
  const goOn = (): void => {
    if (!isHeld()) from.resume();
  };
  into.on('drain', goOn);
  goOn();
};
