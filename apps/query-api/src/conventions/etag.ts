/** `ETag` of entities: the digest of what is sent, so that a client that has it already is spared the body. */
import { createHash } from 'node:crypto';
import type { onSendAsyncHookHandler } from 'fastify';

/** Give it to a route as `onSend`. Answers 304 when `If-None-Match` names the same content. */
export const entityTag: onSendAsyncHookHandler = async (request, reply, payload) => {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const tag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  const same = known === '*' || known?.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag);
  if (!same) return payload;
  reply.code(304).removeHeader('content-length').removeHeader('content-type');
  return null; // What Fastify takes for "no body".
};
