/**
 * The bare side of the listener: Aedes as it comes, or with every message decoded and encoded as the listener does it.
 * Both acknowledge at once and keep nothing.
 */

import { createServer, type Socket } from 'node:net';
import { Aedes, type AuthorizePublishHandler } from 'aedes';
import { serve } from '../machine/serve.ts';
import { decoder } from './decoder.ts';

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
  const decode = decoder();
  return (_client, { topic, payload }, done) => {
    try {
      decoded += decode(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
      done(null);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
};

serve({ start, decoded: () => decoded });
