/** Publishes messages with QoS 1 over a few connections, and counts what is acknowledged. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import type { Message } from './message.ts';

export type PublishAsked = {
  readonly port: number;
  readonly messages: Iterable<Message>;
  readonly stop: AbortSignal;
  /** Called after every so many acknowledgements. */
  readonly acknowledged?: (messages: number) => void;
};

const connections = 4;
const windowSize = 200;

/** Settles with how many messages were acknowledged: all of them. @throws when a connection ends before. */
export const publish = async ({
  port,
  messages,
  stop,
  acknowledged = () => undefined,
}: PublishAsked): Promise<number> => {
  const source = messages[Symbol.iterator]();
  const counts = await Promise.all(
    Array.from({ length: connections }, (_, index) =>
      publishOn(port, `usable-${index}`, { source, stop, acknowledged }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

type Rest = Pick<Required<PublishAsked>, 'stop' | 'acknowledged'> & { readonly source: Iterator<Message> };

const publishOn = async (port: number, clientId: string, { source, stop, acknowledged }: Rest): Promise<number> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const ended = once(socket, 'close').then(() => {
    throw new Error(`the connection of ${clientId} was closed`);
  });
  ended.catch(() => undefined); // Raced below; after the last answer it is what was asked for.
  const answers = answersOn(socket);
  write(socket, { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 60 });
  await Promise.race([answers.connected, ended]);
  let count = 0;
  for (let done = false; !done && !stop.aborted; ) {
    const batch: Message[] = [];
    while (batch.length < windowSize && !done) {
      const next = source.next();
      if (next.done === true) done = true;
      else batch.push(next.value);
    }
    if (batch.length === 0) break;
    const all = answers.acknowledgements(count + batch.length);
    socket.cork();
    for (const [index, { topic, payload }] of batch.entries()) {
      const packet = { cmd: 'publish', topic, qos: 1, dup: false, retain: false, messageId: index + 1 } as const;
      write(socket, { ...packet, payload: Buffer.from(payload) });
    }
    socket.uncork();
    await Promise.race([all, ended]);
    count += batch.length;
    acknowledged(batch.length);
  }
  write(socket, { cmd: 'disconnect' });
  socket.end();
  return count;
};

const write = (socket: Socket, packet: Packet): void => void socket.write(mqttPacket.generate(packet));

const answersOn = (socket: Socket) => {
  const parser = mqttPacket.parser();
  const connected = Promise.withResolvers<void>();
  let count = 0;
  let awaited = { count: Number.POSITIVE_INFINITY, resolve: (): void => undefined };
  parser.on('packet', ({ cmd }) => {
    if (cmd === 'connack') connected.resolve();
    if (cmd === 'puback') count += 1;
    if (count >= awaited.count) awaited.resolve();
  });
  socket.on('data', (bytes: Buffer) => parser.parse(bytes));
  socket.on('error', () => undefined); // Its close is what is awaited.
  return {
    connected: connected.promise,
    /** Settles when so many have come, since the beginning. */
    acknowledgements: (wanted: number): Promise<void> =>
      new Promise((resolve) => {
        awaited = { count: wanted, resolve };
        if (count >= wanted) resolve();
      }),
  };
};
