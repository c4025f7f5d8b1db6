/** What stands in the head of every answer, errors and answers to nonsense included. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatTimeUs } from '@plenum/event';
import type { Clock } from '@plenum/runtime';
import type { FastifyInstance } from 'fastify';

/** `X-Request-Time` is when the request was taken, in UTC. */
export const commonHeaders = (clock: Clock, requestId: string): Readonly<Record<string, string>> => ({
  'x-api-version': 'v1',
  'x-request-time': formatTimeUs(clock.nowUs()),
  'x-request-id': requestId,
  'x-content-type-options': 'nosniff',
});

/** The client's own id, so that its logs and ours meet, unless it could do harm in a log. */
export const requestIdOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
};

export const addCommonHeaders = (app: FastifyInstance, clock: Clock): void => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders(clock, request.id));
    done();
  });
};
