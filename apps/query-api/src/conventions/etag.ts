/** `ETag` of entities: the digest of what is sent, so that a client that has it already is spared the body. */
import { createHash } from 'node:crypto';
import { tagKnown } from '@plenum/http';
import type { FastifyReply, onSendAsyncHookHandler } from 'fastify';

/** Give it to a route as `onSend`. Answers 304 when `If-None-Match` names the same content. */
export const entityTag: onSendAsyncHookHandler = async (_request, reply, payload) => {
  if (reply.statusCode !== 200 || (typeof payload !== 'string' && !Buffer.isBuffer(payload))) return payload;
  return tagged(reply, digestTag(payload)) ? null : payload; // What Fastify takes for "no body".
};

export const digestTag = (content: string | Buffer): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** Sets the tag. True, and then the status too, where the client has it already: there is no body to send. */
export const tagged = (reply: FastifyReply, tag: string): boolean => {
  const known = tagKnown(tag, reply.request.headers['if-none-match']);
  reply.header('etag', known ?? tag);
  if (known === undefined) return false;
  reply.code(304).removeHeader('content-length').removeHeader('content-type');
  return true;
};
