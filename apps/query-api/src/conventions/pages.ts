/**
 * Keyset pages: a cursor says after which row to go on, so a page costs the same wherever it is, and rows that come
 * in meanwhile neither shift nor repeat what is still to be read. A page ends early when its bytes are full.
 */
import { createHash } from 'node:crypto';
import { type TSchema, Type } from '@fastify/type-provider-typebox';
import type { Rows } from '@plenum/read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fitting } from './bytes.ts';
import { listOf, textOrNull } from './fields.ts';
import { Problem } from './problem.ts';

export type PageLimits = { readonly limitDefault: number; readonly limitMax: number };

export const pageFields = ({ limitDefault, limitMax }: PageLimits) => ({
  limit: Type.Integer({
    minimum: 1,
    maximum: limitMax,
    default: limitDefault,
    description: 'Items on a page, at most; fewer when they are large.',
  }),
  cursor: Type.Optional(
    Type.String({
      maxLength: 8000,
      description: 'As given by the page before; opaque. All else has to stay the same.',
    }),
  ),
});

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: listOf(item),
    cursor: textOrNull({ description: 'For the next page; null on the last one.' }),
    next: textOrNull({ description: 'Where the next page is; null on the last one. Also in the `Link` header.' }),
  });

export type Page<T> = { readonly items: readonly T[]; readonly cursor: string | null; readonly next: string | null };

/** One row more than the page is asked for: it tells whether there is a next page. */
export const rowsFor = (limit: number): number => limit + 1;

type Query = Readonly<Record<string, unknown>>;

/**
 * Where the page begins, as the texts that `page` was given, or `undefined` for the first page.
 * @throws Problem for a cursor that we did not write, or wrote for other parameters.
 */
export const placeOf = (request: FastifyRequest, parts: number): readonly string[] | undefined => {
  const query = request.query as Query; // Validated by the route's own schema, which has `cursor` as a text.
  if (typeof query.cursor !== 'string') return undefined;
  const place = decoded(query.cursor, scopeOf(request));
  if (place?.length !== parts)
    throw new Problem('bad-cursor', 'The cursor was changed, or belongs to other parameters.');
  return place;
};

type Cutting<R> = { readonly rows: Rows<R>; readonly limit: number; readonly place: (row: R) => readonly string[] };

/** Cuts rows fetched with `rowsFor(limit)` to a page, and says where it goes on: after the place of the last row. */
export const page = <R>(reply: FastifyReply, cutting: Cutting<R>): Page<R> => shownPage(reply, cutting, (row) => row);

/** The same with each row as it is shown. */
export const shownPage = <R, T>(
  reply: FastifyReply,
  { rows, limit, place }: Cutting<R>,
  show: (row: R) => T,
): Page<T> => {
  const { items, isWhole } = fitting(rows, { limit, show });
  const last = isWhole ? undefined : rows[items.length - 1];
  if (last === undefined) return { items, cursor: null, next: null };
  const cursor = encoded(place(last), scopeOf(reply.request));
  const next = nextLink(reply.request.url, cursor);
  reply.header('link', `<${next}>; rel="next"`);
  return { items, cursor, next };
};

/** What a cursor is bound to: the address and everything asked for, but the size of the page and the cursor. */
const scopeOf = ({ url, query }: FastifyRequest): string => {
  const asked = Object.entries(query as Query) // As above.
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([url.split('?', 1)[0], asked]);
};

const nextLink = (url: string, cursor: string): string => {
  const [path = '', search = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(search);
  parameters.set('cursor', cursor);
  // Joined, and not by a template: one text that is made of pieces inside sends all of JSON.stringify down its slow way.
  return [path, parameters].join('?');
};

const encoded = (place: readonly string[], scope: string): string =>
  Buffer.from(JSON.stringify([sealOf(place, scope), ...place])).toString('base64url');

const decoded = (cursor: string, scope: string): readonly string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return undefined;
    const [seal, ...place] = parts as readonly string[]; // Every part was just seen to be a text.
    // Decoding base64url forgives stray characters; a cursor is only good as it was given.
    return seal === sealOf(place, scope) && encoded(place, scope) === cursor ? place : undefined;
  } catch {
    return undefined; // Not JSON: not ours.
  }
};

/** Not a secret, and need not be: whoever forges one gets another page of what he may read anyway. */
const sealOf = (place: readonly string[], scope: string): string =>
  createHash('sha256')
    .update(JSON.stringify([scope, place]))
    .digest('base64url')
    .slice(0, 10);
