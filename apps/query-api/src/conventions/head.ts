/**
 * HEAD answers like GET without the body: after everything that a route does before it sends, compression and tags included.
 * What Fastify adds by itself comes before that, and fails on an answer that has no body already.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, onSendHookHandler } from 'fastify';

/** For all routes that are added from now on. After everybody else who adds something to them. */
export const answerHead = (app: FastifyInstance): void => {
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().join() !== 'HEAD') return;
    const others = [route.onSend ?? []].flat().filter(({ name }) => name !== 'headRouteOnSendHandler');
    route.onSend = [...others, withoutBody];
  });
};

const withoutBody: onSendHookHandler = (_request, reply, payload, done) => {
  if (payload instanceof Readable) payload.destroy();
  else if (typeof payload === 'string' || Buffer.isBuffer(payload)) {
    reply.header('content-length', String(Buffer.byteLength(payload)));
  }
  done(null, null); // What Fastify takes for "no body".
};
