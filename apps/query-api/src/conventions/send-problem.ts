/** Writes a problem as an answer, and what every answer that failed has in its head, whatever its shape. */
import { type Problem, problemBody, problemMediaType, statusOf } from '@plenum/http';
import type { FastifyReply } from 'fastify';

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  const status = statusOf(problem);
  return headOfFailure(reply, status)
    .code(status)
    .headers({ ...problem.more.headers })
    .type(problemMediaType)
    .send(problemBody(problem, reply.request.id));
};

/** What failed was not read, so it has no position. What was not found is as of one. */
export const headOfFailure = (reply: FastifyReply, status: number): FastifyReply => {
  if (status !== 404) reply.removeHeader('plenum-position').removeHeader('plenum-age');
  if (status >= 500) reply.header('cache-control', 'no-store');
  return reply;
};
