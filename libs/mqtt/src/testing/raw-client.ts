import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** A client that does exactly what a test asks, packet by packet or byte by byte. */
export type RawClient = {
  /** Packets, or bytes as they are. */
  send(...packets: readonly (Packet | Uint8Array)[]): void;
  /** The next packet that came and was not asked for yet. Rejects when the connection closes instead. */
  next(): Promise<Packet>;
  /** What came and was not asked for yet. */
  readonly waiting: readonly Packet[];
  /** Settles when the other side has closed. */
  readonly closed: Promise<void>;
  readonly socket: Duplex;
  /** Breaks the connection without a word. */
  kill(): void;
};

export type RawConnect = {
  readonly clientId?: string;
  readonly keepalive?: number;
  readonly clean?: boolean;
  readonly will?: {
    readonly topic: string;
    readonly payload: Buffer;
    readonly qos: 0 | 1 | 2;
    readonly retain: boolean;
  };
};

/** A connection on which nothing has been said yet. */
export const rawSocket = (socket: Duplex, protocolVersion: 4 | 5 = 4): RawClient => {
  const parser = mqttPacket.parser({ protocolVersion });
  const waiting: Packet[] = [];
  let asking: PromiseWithResolvers<Packet> | undefined;
  const closed = Promise.withResolvers<void>();
  parser.on('packet', (packet) => {
    if (asking === undefined) waiting.push(packet);
    else asking.resolve(packet);
    asking = undefined;
  });
  socket.on('data', (bytes: Buffer) => parser.parse(bytes));
  socket.on('error', () => undefined); // A reset is one way of being closed, which `closed` reports.
  socket.on('end', () => socket.end()); // A WebSocket's stream does not do so by itself.
  socket.on('close', () => {
    closed.resolve();
    asking?.reject(new Error('the connection was closed'));
  });
  return {
    send: (...packets) => {
      socket.write(
        Buffer.concat(
          packets.map((packet) =>
            packet instanceof Uint8Array ? packet : mqttPacket.generate(packet, { protocolVersion }),
          ),
        ),
      );
    },
    next: () => {
      const packet = waiting.shift();
      if (packet !== undefined) return Promise.resolve(packet);
      if (socket.destroyed) return Promise.reject(new Error('the connection was closed'));
      asking = Promise.withResolvers();
      return asking.promise;
    },
    waiting,
    closed: closed.promise,
    socket,
    kill: () => socket.destroy(),
  };
};

export const rawTcp = (port: number, host = '127.0.0.1'): RawClient => rawSocket(connectTcp({ port, host }));

export const connectPacket = ({ clientId = 'raw', keepalive = 60, clean = true, will }: RawConnect = {}): Packet => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId,
  keepalive,
  clean,
  ...(will === undefined ? {} : { will }),
});

/** Connected, with the CONNACK read. */
export const rawConnected = async (port: number, options: RawConnect = {}): Promise<RawClient> => {
  const client = rawTcp(port);
  client.send(connectPacket(options));
  const connack = await client.next();
  if (connack.cmd !== 'connack' || connack.returnCode !== 0) throw new Error(`refused: ${JSON.stringify(connack)}`);
  return client;
};

export const publishPacket = (
  topic: string,
  payload: string | Buffer,
  {
    qos = 1,
    messageId = 1,
    dup = false,
    retain = false,
  }: Partial<Record<'dup' | 'retain', boolean>> & {
    readonly qos?: 0 | 1 | 2;
    readonly messageId?: number;
  } = {},
): Packet => ({ cmd: 'publish', topic, payload, qos, dup, retain, ...(qos === 0 ? {} : { messageId }) });

/** The next packets, as their kind and their packet id: `puback 7`. */
export const ids = async (client: RawClient, count: number): Promise<readonly string[]> => {
  const packets: Packet[] = [];
  while (packets.length < count) packets.push(await client.next());
  return packets.map((packet) => `${packet.cmd} ${packet.messageId ?? ''}`);
};
