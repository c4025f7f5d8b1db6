/** Errors as the replaced building system had them. */
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { type Problem, type ProblemName, statusOf } from '../../conventions/problem.ts';

const failure = Type.Object({ success: Type.Literal(false), error: Type.String() });

/** For the `response` of a route, beside its own answer. */
export const oldFailures = { 400: failure, 401: failure, 403: failure, 429: failure, 500: failure, 503: failure };

/** For one that takes an `Idempotency-Key`. */
export const oldKeyFailures = { 409: failure, 422: failure };

/** For one that takes a body. */
export const oldBodyFailures = { 413: failure, 415: failure };

/** What its clients compare with. */
const words: Readonly<Partial<Record<ProblemName, string>>> = {
  unauthenticated: 'Authentication required',
  forbidden: 'Insufficient permissions',
  'rate-limited': 'Rate limit exceeded',
};

export const sendOldFailure = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const error = words[problem.kind] ?? problem.message;
  return reply
    .code(statusOf(problem))
    .headers({ ...problem.more.headers })
    .send({ success: false, error });
};
