/** Pages as they leave: so much of a list as fits, a cursor for the rest, and a `Link` to it. */
import { hash } from 'node:crypto';
import { type Cutting, cursorsSealedBy, nextLink, type Page, type PageAnswer, Problem, scopeOf } from '@plenum/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fitting, itemsBytesMax } from './bytes.ts';

const cursors = cursorsSealedBy((text) => hash('sha256', text, 'base64url').slice(0, 10));

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

/** Cuts rows to a page, and says where it goes on. Rows that are shown as they were read go out without becoming objects. */
export const pageAnswered = <T>(reply: FastifyReply, { cutting, show }: PageAnswer<T>): Page<T> | Uint8Array => {
  const { rows, limit } = cutting;
  if (show === undefined && rows.writeJson !== undefined) {
    reply.type('application/json; charset=utf-8');
    const tail = (written: number): string => {
      const { cursor, next } = goneOn(reply, cutting, written);
      return `],"cursor":${JSON.stringify(cursor)},"next":${JSON.stringify(next)}}`;
    };
    return rows.writeJson({ rowsMax: limit, bytesMax: itemsBytesMax, head: '{"items":[', tail });
  }
  const { items } = fitting(rows, { limit, show: show ?? ((row) => row as T) }); // As the type of the page says.
  return { items, ...goneOn(reply, cutting, items.length) };
};

type Ends = Pick<Page<unknown>, 'cursor' | 'next'>;

/** Where a page of the first `shown` rows goes on: after the place of the last of them, if it does. */
const goneOn = (reply: FastifyReply, { rows, place }: Cutting<unknown>, shown: number): Ends => {
  const last = shown < rows.length || rows.isCut === true ? rows.at(shown - 1) : undefined;
  if (last === undefined) return { cursor: null, next: null };
  const { request } = reply;
  const cursor = cursors.encode(place(last), scopeOf(request));
  const next = nextLink(request.url, cursor);
  reply.header('link', `<${next}>; rel="next"`);
  return { cursor, next };
};
