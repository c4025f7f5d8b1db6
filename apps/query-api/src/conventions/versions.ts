/** Entities with versions, as they leave. */
import { versionTag } from '@plenum/http';
import type { FastifyReply } from 'fastify';
import { tagged } from './etag.ts';

/** An entity with its version as `ETag`; nothing of it where `If-None-Match` names that version. */
export const versioned = <Row extends { readonly stream_version: number }>(
  reply: FastifyReply,
  row: Row,
): Row | FastifyReply => {
  return tagged(reply, versionTag(row.stream_version)) ? reply.send() : row;
};
