/** What stands in the head of every answer, errors and answers to nonsense included. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatTimeUs } from '@plenum/event';
import type { Clock } from '@plenum/runtime';
import type { FastifyInstance } from 'fastify';

/** The headers of the answer to the request with this id. */
export type CommonHeaders = (requestId: string) => Readonly<Record<string, string>>;

/** `X-Request-Time` is when the request was taken, in UTC. `always` are the same in every answer. */
export const commonHeaders =
  (clock: Clock, always: Readonly<Record<string, string>>): CommonHeaders =>
  (requestId) => ({
    ...always,
    'x-api-version': 'v1',
    'x-request-time': formatTimeUs(clock.nowUs()),
    'x-request-id': requestId,
  });

/** The client's own id, so that its logs and ours meet, unless it could do harm in a log. */
export const requestIdOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
};

export const addCommonHeaders = (app: FastifyInstance, headersOf: CommonHeaders): void => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersOf(request.id));
    done();
  });
};
