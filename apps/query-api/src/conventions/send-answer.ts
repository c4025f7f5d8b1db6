/** Writes an answer that has a status or headers of its own. */
import type { Answer } from '@plenum/http';
import type { FastifyReply } from 'fastify';
import { addVary } from './vary.ts';

export const sendAnswer = (
  reply: FastifyReply,
  { body, status, headers: { vary, ...headers } }: Answer,
): FastifyReply => {
  if (vary !== undefined) addVary(reply, vary);
  return reply.code(status).headers(headers).send(body);
};
