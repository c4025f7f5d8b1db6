/**
 * A route as a declaration: what it is called with, who may call it, what it reads and what it answers. Nothing here
 * knows a server; the API makes its routes of these.
 */
import type { Actor, CommandMetadata } from '@plenum/event';
import type { Static, TSchema } from 'typebox';
import type { Answer, Failures } from './answer.ts';
import type { LiveAnswer } from './live.ts';
import type { Page, PageAnswer } from './pages.ts';

/** `public`: anybody. `identified`: callers who can say who they are. Else: callers who have this permission. */
export type Access = 'public' | 'identified' | { readonly permission: string };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where a request came from, as the server (or a proxy it trusts) says. */
export type Origin = {
  readonly address: string;
  readonly userAgent: string | undefined;
  /** The path that was asked for, without its query. */
  readonly resource: string;
};

/** What a token says of its owner besides who they are. Nobody vouches for it but the issuer of the token. */
export type Described = {
  readonly email?: string;
  readonly name?: string;
  /** All role names in an identity provider's token; else the one role. */
  readonly roles: readonly string[];
};

/** A request as a handler gets it: everything in it was held against the route's schemas. */
export type Asked<Params = unknown, Query = unknown, Body = unknown> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** `undefined` where a route is public, and where nobody is asked who they are. */
  readonly identity: Actor | undefined;
  /** Of a token that says more. */
  readonly described: Described | undefined;
  readonly origin: Origin;
  /**
   * What ties commands to this request. The id is the same when the same thing is asked again with an `Idempotency-Key`.
   * @throws Problem for a key of another form.
   */
  readonly given: () => Pick<CommandMetadata, 'id' | 'trace' | 'request'>;
  /**
   * Where the page begins, as the texts that `page` was given, or `undefined` for the first page.
   * @throws Problem for a cursor that we did not write, or wrote for other parameters.
   */
  readonly place: (parts: number) => readonly string[] | undefined;
};

/** Schemas by status. */
export type Answers = Readonly<Record<number, object>>;

/** What a handler gives back: a body as the first schema has it, a page of its items, or one with status and headers. */
export type Answered<A extends Answers> = A extends { readonly 200: infer Schema extends TSchema }
  ? Static<Schema> | Answer | LiveAnswer | (Static<Schema> extends Page<infer Item> ? PageAnswer<Item> : never)
  : unknown;

export type Route<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  A extends Answers = Answers,
> = {
  /** What a generated client calls it, such as `listUsers`: no other route has it, and it never changes. */
  readonly operationId: string;
  readonly method: Method;
  /** Below `base`, with `:name` for what is in `params`. */
  readonly path: string;
  /** `/api/v1` unless said otherwise; the routes of replaced systems are elsewhere. */
  readonly base?: string;
  readonly access: Access;
  /** Projections that the answer is made from, or all there are: their position and age go into its headers. */
  readonly projections?: readonly string[] | 'all';
  /** Of a public route: it is counted apart. Documents are the same for all; probes answer when nothing else does. */
  readonly budget?: 'documents' | 'probes';
  /** Why a route that changes something takes no `Idempotency-Key`. All others do. */
  readonly unkeyed?: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly querystring?: Query;
  /** Without it a body is ignored. */
  readonly body?: Body;
  /** All fields of the body may be left out, and then it may be as well. */
  readonly absentBodyIsEmpty?: boolean;
  /**
   * By status. What a request may ask follows from them: with a 412 among them `If-Match`, with a 304 `If-None-Match`, with a
   * 202 `Prefer: wait`.
   */
  readonly answers: A;
  /** Tags the body by its digest, so that a client that has it already is spared it. Goes with `...notModified`. */
  readonly entityTag?: boolean;
  /** Its body is the bytes of a file: sent as they are, never compressed on the way, so that ranges and digests are of them. */
  readonly sendsFile?: true;
  /** Problems (RFC 9457) unless said otherwise. */
  readonly failures?: Failures;
  handle(asked: Asked<Static<Params>, Static<Query>, Static<Body>>): Answered<A> | Promise<Answered<A>>;
};

/**
 * Checks a declaration against its own schemas. What comes back can stand in one list with all others: its handler is only
 * ever given what those schemas let through.
 */
export const defineRoute = <
  Params extends TSchema,
  Query extends TSchema,
  Body extends TSchema,
  const A extends Answers,
>(
  route: Route<Params, Query, Body, A>,
): Route => route;

/** Where a route is. */
export const urlOf = ({ base = '/api/v1', path }: Pick<Route, 'base' | 'path'>): string => `${base}${path}`;
