/**
 * What the API and the command line ask of admission. Doors answer from tables that are written in the decisions' own
 * transactions, so a lock, a revocation or a disabled user holds with the log stopped. Who may ask for what is decided
 * by the rules of `libs/access`; which route asks for which permission is the API's business.
 */
import type { Identity } from '@plenum/access';
import type { RateAnswer } from '@plenum/runtime';
import type { AdmissionFigures } from './figures.ts';
import type { Keys } from './keys.ts';
import type { Logins } from './logins.ts';
import type { Requests } from './requests.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';

/** What a request showed to say who it is from. Header values as they came. */
export type Shown = {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** Where it came from: an address, as the server (or a proxy it trusts) says. */
  readonly address: string;
  readonly userAgent: string | undefined;
  /** The path that was asked for, without its query. */
  readonly resource: string;
};

/** What a token says of its owner besides who he is. Nobody vouches for it but whoever issued the token. */
export type Described = {
  readonly email?: string;
  readonly name?: string;
  /** All role names in an identity provider's token; else the one role. */
  readonly roles: readonly string[];
};

export type Admitted =
  | { readonly outcome: 'admitted'; readonly identity: Identity; readonly described: Described }
  | NotIn
  | Unavailable;

/**
 * 401, and 403 for `no-role`: the token is good, and its owner has no role that may do anything here. `code` is for
 * programs and says no more than that the credential is missing, not good, or no longer good; `reason` is a sentence.
 */
export type NotIn = {
  readonly outcome: 'refused';
  readonly code: 'absent' | 'invalid' | 'expired' | 'revoked' | 'no-role';
  readonly reason: string;
};

/** 503: nobody can tell just now, and nobody is let in on a guess. */
export type Unavailable = {
  readonly outcome: 'unavailable';
  readonly reason: string;
  /** Whole seconds, at least 1. */
  readonly retryAfterS: number;
};

/** Who is at the door. `X-API-Key` wins over `Authorization`, whatever comes of it. */
export type Doorkeeper = {
  /**
   * Answers without waiting where it can: it is asked for every request. Never rejects for anything that the request,
   * the database or an identity provider can do. Notes the security event by itself.
   */
  admit(shown: Shown): Admitted | Promise<Admitted>;
  /** Notes that somebody who was let in asked for what he may not do. */
  noteForbidden(shown: Shown, identity: Identity, required: string): void;
  /** Notes that somebody asked too often; nobody when no identity was made out. */
  noteLimited(shown: Shown, identity: Identity | undefined): void;
  /**
   * Counts a request of an identity under its own limit; or of an address (an IPv6 one with all of its /64) under the
   * limit for strangers. Shared by all processes. Rejects with TransientFailure when nobody can count, see `RateLimiter`.
   */
  limit(asked: Limited): RateAnswer | Promise<RateAnswer>;
};

export type Limited = { readonly identity: Identity } | { readonly address: string };

export type Admission = Doorkeeper & {
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly users: Users;
  readonly keys: Keys;
  readonly requests: Requests;
  /** For metrics: read when they are asked for. */
  figures(): AdmissionFigures;
  /** Reports what was counted, within a few seconds, and lets go of connections. Call it before the store is closed. */
  close(): Promise<void>;
};
