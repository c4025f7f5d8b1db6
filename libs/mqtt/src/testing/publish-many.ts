/** Publishes as fast as a broker takes it: a thousand messages under way instead of one. */
import { once } from 'node:events';
import { connect } from 'node:net';
import mqttPacket from 'mqtt-packet';
import { connectPacket } from './raw-client.ts';

type Message = { readonly topic: string; readonly payload: string };

/** Settles when the broker has acknowledged all of them. They are published in order, on one connection, QoS 1. */
export const publishMany = async (port: number, messages: Iterable<Message>): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const source = messages[Symbol.iterator]();
  const done = Promise.withResolvers<void>();
  let sent = 0;
  let acknowledged = 0;
  let exhausted = false;
  const publish = (): void => {
    const packets: Buffer[] = [];
    while (!exhausted && sent - acknowledged < underWayMax) {
      const next = source.next();
      if (next.done) {
        exhausted = true;
        break;
      }
      const { topic, payload } = next.value;
      sent += 1;
      const messageId = 1 + (sent % 60_000);
      packets.push(
        mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false }),
      );
    }
    if (packets.length > 0) socket.write(Buffer.concat(packets));
    if (exhausted && acknowledged === sent) done.resolve();
  };
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on('packet', (packet) => {
    if (packet.cmd === 'puback') acknowledged += 1;
  });
  socket.on('data', (bytes: Buffer) => {
    parser.parse(bytes);
    publish();
  });
  socket.on('error', done.reject);
  socket.on('close', () => done.reject(new Error('the broker closed the connection')));
  socket.write(mqttPacket.generate(connectPacket({ clientId: `many-${(clients += 1)}`, keepalive: 0 })));
  await done.promise;
  const closed = once(socket, 'close');
  socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
  await closed;
};

let clients = 0;
const underWayMax = 1000;
