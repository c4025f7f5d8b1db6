/**
 * Stands between a client and real brokers, knows where Kafka's frames begin and end, and does to the brokers' answers
 * what a script says. It is given to a client as its socket factory, so that the addresses brokers advertise lead
 * through it as well.
 */
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** The keys of the requests that tests are about. */
export const apiKeys = { produce: 0, fetch: 1, metadata: 3, joinGroup: 11, heartbeat: 12 } as const;

/** What becomes of one answer: its bytes, changed or not, or a connection that is cut without it, or left without it. */
export type Script = (apiKey: number, answer: Buffer) => Buffer | 'cut' | 'held';

export type WireProxy = {
  readonly socketFactory: ISocketFactory;
  /** Replaces the script. Without one everything passes. */
  play(script: Script): void;
  /** Bytes that clients have sent in requests of this kind. */
  sentBytes(apiKey: number): number;
  /**
   * Brokers as they are when their processes are stopped: connections stay, others can be made, and nothing is answered.
   */
  freeze(): void;
  /** Ends the connections to every broker but one. */
  cutAllBut(port: number): void;
  /** Connections that clients have open. */
  connections(): number;
  /** Settles when clients have this many. */
  connectionsAre(count: number): Promise<void>;
  close(): Promise<void>;
};

export const openWireProxy = async (): Promise<WireProxy> => {
  let script: Script = (_, answer) => answer;
  const sent = new Map<number, number>();
  const sockets = new Set<Socket>();
  /** The port of the broker that each is about. */
  const clients = new Map<Socket, number>();
  const changes = new EventEmitter();
  let frozen = false;
  const count = (apiKey: number, bytes: number): void => void sent.set(apiKey, (sent.get(apiKey) ?? 0) + bytes);

  const server = createServer((client) => {
    sockets.add(client);
    clients.set(client, 0);
    client.on('error', () => undefined);
    client.once('close', () => {
      clients.delete(client);
      changes.emit('closed');
    });
    client.once('readable', () => {
      const header: unknown = client.read(2);
      if (!Buffer.isBuffer(header)) return;
      const port = header.readUInt16BE(0);
      clients.set(client, port);
      const broker = connect(port, '127.0.0.1');
      sockets.add(broker);
      const play: Script = (apiKey, answer) => (frozen ? 'held' : script(apiKey, answer));
      join({ client, broker, script: play, count });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxyPort = address !== null && typeof address === 'object' ? address.port : 0;

  return {
    socketFactory: ({ port, onConnect }) => {
      const socket = connect(proxyPort, '127.0.0.1', () => {
        const target = Buffer.alloc(2);
        target.writeUInt16BE(port);
        socket.write(target);
        onConnect();
      });
      return socket;
    },
    play(next) {
      script = next;
    },
    sentBytes: (apiKey) => sent.get(apiKey) ?? 0,
    freeze() {
      frozen = true;
    },
    cutAllBut(port) {
      for (const [client, its] of clients) if (its !== port) client.destroy();
    },
    connections: () => clients.size,
    async connectionsAre(wanted) {
      while (clients.size !== wanted) await once(changes, 'closed');
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

type Joined = {
  readonly client: Socket;
  readonly broker: Socket;
  readonly script: Script;
  readonly count: (apiKey: number, bytes: number) => void;
};

const join = ({ client, broker, script, count }: Joined): void => {
  const asked = new Map<number, number>();
  const end = (): void => {
    client.destroy();
    broker.destroy();
  };
  for (const socket of [client, broker]) {
    socket.on('error', end);
    socket.on('close', end);
  }
  const requests = frames((frame) => {
    asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
    count(frame.readInt16BE(4), frame.length);
    broker.write(frame);
  });
  const answers = frames((frame) => {
    const answer = script(asked.get(frame.readInt32BE(4)) ?? -1, frame);
    if (answer === 'cut') end();
    else if (answer !== 'held') client.write(answer);
  });
  client.on('data', requests);
  broker.on('data', answers);
};

/** Collects bytes until a frame is whole: four bytes of length, and what they announce. */
const frames = (each: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      each(held.subarray(0, end));
      held = held.subarray(end);
    }
  };
};
