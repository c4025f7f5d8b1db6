/** Entities that decisions make have versions, counted from 1. Their `ETag` is the version, and `If-Match` asks for it. */
import { Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tagged, withoutCoding } from './etag.ts';
import { Problem } from './problem.ts';

export const versionTag = (version: number): string => `"${version}"`;

/** For the response schemas of routes that answer with `versioned`. */
export const notModified = { 304: Type.Null({ description: 'As `If-None-Match` has it.' }) };

/** An entity with its version as `ETag`; nothing of it where `If-None-Match` names that version. */
export const versioned = <Row extends { readonly stream_version: number }>(
  reply: FastifyReply,
  row: Row,
): Row | FastifyReply => {
  return tagged(reply, versionTag(row.stream_version)) ? reply.send() : row;
};

/** For commands that no version can be asked of. @throws Problem where one is: it would be taken for kept. */
export const refuseVersion = ({ headers }: FastifyRequest): void => {
  refuseOtherConditions(headers);
  if (headers['if-match'] === undefined) return;
  throw new Problem('validation', 'headers: If-Match has no meaning here: there is no version that this depends on.');
};

/**
 * The version that whoever asks has seen; `undefined` when any will do.
 * @throws Problem for what is no `ETag` of ours: it cannot be what is there.
 */
export const seenVersion = ({ headers }: FastifyRequest): number | undefined => {
  refuseOtherConditions(headers);
  const given = headers['if-match'];
  if (given === undefined || given.trim() === '*') return undefined;
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(withoutCoding(given.trim()))?.[1];
  if (version === undefined) {
    throw new Problem('validation', 'headers: If-Match takes one ETag as it was given, such as "3".');
  }
  return Number(version);
};

/** Nothing that changes something looks at these, and a condition that is not looked at would be taken for kept. */
const refuseOtherConditions = (headers: FastifyRequest['headers']): void => {
  const given = ['If-None-Match', 'If-Unmodified-Since'].find((name) => headers[name.toLowerCase()] !== undefined);
  if (given !== undefined) throw new Problem('validation', `headers: ${given} has no meaning here; use If-Match.`);
};
