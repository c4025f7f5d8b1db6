/** Writes an answer that has a status or headers of its own. */
import type { Answer } from '@plenum/http';
import type { FastifyReply } from 'fastify';
import { addVary } from './vary.ts';

/** Its status and headers; the body is to follow. */
export const headOfAnswer = (reply: FastifyReply, { status, headers: { vary, ...headers } }: Answer): FastifyReply => {
  if (vary !== undefined) addVary(reply, vary);
  return reply.code(status).headers(headers);
};

export const sendAnswer = (reply: FastifyReply, answer: Answer): FastifyReply =>
  headOfAnswer(reply, answer).send(answer.body);
