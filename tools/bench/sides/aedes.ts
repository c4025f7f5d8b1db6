/**
 * The bare side of the listening door: Aedes as it comes, or with every message decoded and encoded as the door does it.
 * Both acknowledge at once and keep nothing.
 */

import { hash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { avroCodec } from '@plenum/avro';
import { events } from '@plenum/catalogue';
import { type ObserveTools, observe } from '@plenum/ceiling';
import { timeId, utc } from '@plenum/event';
import { Aedes, type AuthorizePublishHandler } from 'aedes';
import { serve } from '../machine/serve.ts';

export type Start = { readonly decodes: boolean };

let decoded = 0;

const start = async ({ decodes }: Start): Promise<number> => {
  const broker = await Aedes.createBroker(decodes ? { authorizePublish: decoding() } : {});
  const listening = createServer((socket) => {
    broker.handle(readingAll(socket));
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the broker has no port');
  return address.port;
};

/** Aedes 1.x reads once per `readable` event, and since Node 26 gets only the first buffer then (nodejs/node#60441). */
const readingAll = (socket: Socket): Socket => {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) =>
    size === undefined ? (read(socket.readableLength || undefined) ?? read()) : read(size);
  return socket;
};

const decoding = (): AuthorizePublishHandler => {
  const codec = avroCodec(events);
  let ids = 0;
  const tools: ObserveTools = {
    zone: utc,
    sha1: (bytes) => hash('sha1', bytes, 'buffer'),
    newId: (timeUs) => timeId(timeUs / 1000, Buffer.alloc(16, (ids += 1) & 0xff)),
  };
  return (_client, packet, done) => {
    const { topic, payload } = packet;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const observed = observe({ topic, payload: bytes, receivedTimeUs: Date.now() * 1000 }, tools);
    if (observed.outcome !== 'event') {
      done(new Error(observed.detail));
      return;
    }
    if (codec.encode(observed.event).value.length > 0) decoded += 1;
    done(null);
  };
};

serve({ start, decoded: () => decoded });
