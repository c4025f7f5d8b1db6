/**
 * Keyset pages: a cursor says after which row to go on, so a page costs the same wherever it is, and rows that come
 * in meanwhile neither shift nor repeat what is still to be read. A route answers with rows and with the place of each;
 * the server cuts them to what fits, and makes the cursor.
 */
import type { Rows } from '@plenum/read-model';
import { type TSchema, Type } from 'typebox';
import { listOf, textOrNull } from './fields.ts';
import { withHeaders } from './headers.ts';

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

/** Named after its items: `UserPage`. */
export const pageOf = <T extends TSchema>(item: T) => {
  const { title } = item as { readonly title?: string };
  const fields = {
    items: listOf(item),
    cursor: textOrNull({ description: 'For the next page; null on the last one.' }),
    next: textOrNull({ description: 'Where the next page is; null on the last one. Also in the `Link` header.' }),
  };
  return withHeaders(Type.Object(fields, title === undefined ? {} : { title: `${title}Page` }), 'Link');
};

/** As clients get it. */
export type Page<T> = { readonly items: readonly T[]; readonly cursor: string | null; readonly next: string | null };

/** One row more than the page is asked for: it shows whether there is a next page. */
export const rowsFor = (limit: number): number => limit + 1;

export type Cutting<R> = {
  readonly rows: Rows<R>;
  readonly limit: number;
  /** Where a row stands in the order of the list, as texts. */
  readonly place: (row: R) => readonly string[];
};

/** What a route answers with where its answer is a page. */
export class PageAnswer<Shown = unknown> {
  readonly cutting: Cutting<unknown>;
  /** `undefined` where rows are shown as they were read. */
  readonly show: ((row: unknown) => Shown) | undefined;
  constructor(cutting: Cutting<unknown>, show: ((row: unknown) => Shown) | undefined) {
    this.cutting = cutting;
    this.show = show;
  }
}

/** A page of rows fetched with `rowsFor(limit)`. */
export const page = <R>(cutting: Cutting<R>): PageAnswer<R> => new PageAnswer(cutting as Cutting<unknown>, undefined); // Only rows of the very list are ever given to `place`.

/** The same with each row as it is shown. */
export const shownPage = <R, T>(cutting: Cutting<R>, show: (row: R) => T): PageAnswer<T> =>
  // Only rows of the very list are ever given to `place` and `show`.
  new PageAnswer(cutting as Cutting<unknown>, show as (row: unknown) => T);
