/** Makes a server's routes of declarations. */
import { Readable } from 'node:stream';
import { Answer, type Asked, type Failures, LiveAnswer, PageAnswer, type Route, urlOf } from '@plenum/http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { originOf } from './conventions/authorization.ts';
import { absentIsEmpty } from './conventions/bodies.ts';
import { problemOf } from './conventions/errors.ts';
import { entityTag } from './conventions/etag.ts';
import { commandIdOf } from './conventions/idempotency.ts';
import { sendLive } from './conventions/live-answers.ts';
import { pageAnswered, placeOf } from './conventions/pages.ts';
import { headOfAnswer, sendAnswer } from './conventions/send-answer.ts';
import { headOfFailure } from './conventions/send-problem.ts';
import { compilerFor } from './conventions/validation.ts';

/** Called with bugs that an answer of a replaced system's shape does not show. */
export type NoteBug = (error: FastifyError, request: FastifyRequest) => void;

export const bindRoutes = (app: FastifyInstance, routes: readonly Route[], noteBug: NoteBug): void => {
  for (const route of routes) app.route(bound(route, noteBug));
};

const bound = (route: Route, noteBug: NoteBug): RouteOptions => ({
  method: route.method,
  url: urlOf(route),
  config: configOf(route),
  schema: schemaOf(route),
  ...compilerFor(route.access),
  ...(route.sendsFile === true ? { compress: false } : {}),
  ...(route.entityTag === true ? { onSend: entityTag } : {}),
  ...(route.absentBodyIsEmpty === true ? { preValidation: absentIsEmpty } : {}),
  ...(route.failures === undefined ? {} : { errorHandler: failing(route.failures, noteBug) }),
  handler: async (request, reply) => answered(request, reply, await route.handle(askedWith(request))),
});

const configOf = ({ access, projections, budget, unkeyed }: Route): NonNullable<RouteOptions['config']> => ({
  access,
  ...(projections === undefined ? {} : { projections }),
  ...(budget === undefined ? {} : { budget }),
  ...(unkeyed === undefined ? {} : { unkeyed }),
});

const schemaOf = ({ operationId, tags, summary, description, params, querystring, body, answers }: Route) => ({
  operationId,
  tags,
  summary,
  ...(description === undefined ? {} : { description }),
  ...(params === undefined ? {} : { params }),
  ...(querystring === undefined ? {} : { querystring }),
  ...(body === undefined ? {} : { body }),
  response: answers,
});

/** The server has held all of it against the route's schemas. */
const askedWith = (request: FastifyRequest): Asked => ({
  params: request.params,
  query: request.query,
  body: request.body,
  headers: request.headers,
  identity: request.identity,
  described: request.described,
  origin: originOf(request),
  given: () => ({ id: commandIdOf(request), trace: { correlationId: request.id }, request: request.keyed }),
  place: (parts) => placeOf(request, parts),
});

const answered = (request: FastifyRequest, reply: FastifyReply, answer: unknown): unknown => {
  if (answer instanceof LiveAnswer) return sendLive(request, reply, answer);
  if (answer instanceof PageAnswer) return pageAnswered(reply, answer);
  if (!(answer instanceof Answer)) return answer;
  headOfAnswer(reply, answer);
  // A body is left to the server: a client that asked with a key is answered when the key is free again.
  if (answer.body === undefined) return reply.send();
  return isStreamed(answer.body) ? Readable.from(answer.body, { objectMode: false }) : answer.body;
};

/** Bytes that come by and by; of what is a list already, there is no such thing. */
const isStreamed = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

const failing =
  (failures: Failures, noteBug: NoteBug): NonNullable<RouteOptions['errorHandler']> =>
  (error, request, reply) => {
    const problem = problemOf(error);
    if (problem.kind === 'internal') noteBug(error, request);
    const answer = failures(problem);
    return sendAnswer(headOfFailure(reply, answer.status), answer);
  };
