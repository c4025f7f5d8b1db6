/** Pages as they leave: so much of a list as fits, a cursor for the rest, and a `Link` to it. */
import { createHash } from 'node:crypto';
import { cursorsSealedBy, nextLink, type Page, type PageAnswer, Problem, scopeOf } from '@plenum/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fitting } from './bytes.ts';

const cursors = cursorsSealedBy((text) => createHash('sha256').update(text).digest('base64url').slice(0, 10));

/**
 * Where the page begins, as the texts that `page` was given, or `undefined` for the first page.
 * @throws Problem for a cursor that we did not write, or wrote for other parameters.
 */
export const placeOf = (request: FastifyRequest, parts: number): readonly string[] | undefined => {
  // Validated by the route's own schema, which has `cursor` as a text.
  const { cursor } = request.query as { readonly cursor?: string };
  if (typeof cursor !== 'string') return undefined;
  const place = cursors.decode(cursor, scopeOf(request));
  if (place?.length !== parts)
    throw new Problem('bad-cursor', 'The cursor was changed, or belongs to other parameters.');
  return place;
};

/** Cuts rows to a page, and says where it goes on: after the place of the last row. */
export const pageAnswered = <T>(reply: FastifyReply, { cutting, show }: PageAnswer<T>): Page<T> => {
  const { rows, limit, place } = cutting;
  const { items, isWhole } = fitting(rows, { limit, show });
  const last = isWhole ? undefined : rows[items.length - 1];
  if (last === undefined) return { items, cursor: null, next: null };
  const { request } = reply;
  const cursor = cursors.encode(place(last), scopeOf(request));
  const next = nextLink(request.url, cursor);
  reply.header('link', `<${next}>; rel="next"`);
  return { items, cursor, next };
};
