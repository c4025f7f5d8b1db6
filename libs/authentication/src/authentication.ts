/**
 * What the API and the command line ask of authentication. Requests are checked against tables that are written in the decisions' own
 * transactions, so a lock, a revocation or a disabled user holds with the log stopped. Who may ask for what is decided
 * by the rules of `libs/access`; which route asks for which permission is the API's business.
 */
import type { Authenticated, Identity, LoginPort, OrganisationPort, PresentedCredentials } from '@plenum/access';
import type { RateAnswer } from '@plenum/runtime';
import type { Handle } from './handled.ts';
import type { Keys } from './keys.ts';
import type { AuthenticationMetrics } from './metrics.ts';
import type { Requests } from './requests.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';

/** Who a request is from. `X-API-Key` wins over `Authorization`, whatever comes of it. */
export type Authenticator = {
  /**
   * Answers without waiting where it can: it is asked for every request. Never rejects for anything that the request,
   * the database or an identity provider can do. Notes the security event by itself.
   */
  authenticate(shown: PresentedCredentials): Authenticated | Promise<Authenticated>;
  /** Whether somebody who was let in before still would be. The same answer, and it is no new request: nothing is noted. */
  recheck(shown: PresentedCredentials): Authenticated | Promise<Authenticated>;
  /** Notes that somebody who was let in asked for what they may not do. */
  noteForbidden(shown: PresentedCredentials, identity: Identity, required: string): void;
  /** Notes that somebody asked too often; nobody when no identity was made out. */
  noteLimited(shown: PresentedCredentials, identity: Identity | undefined): void;
  /**
   * Counts a request of an identity under its own limit; or of an address (an IPv6 one with all of its /64) under the
   * limit for strangers. Shared by all processes. Rejects with TransientFailure when nobody can count, see `RateLimiter`.
   */
  limit(asked: Limited): RateAnswer | Promise<RateAnswer>;
};

export type Limited = { readonly identity: Identity } | { readonly address: string };

export type Authentication = Authenticator & {
  readonly logins: LoginPort;
  readonly sessions: Sessions;
  readonly users: Users;
  readonly keys: Keys;
  readonly organisations: OrganisationPort;
  readonly requests: Requests;
  /** Commands of any domain, handled with the store that accounts are decided in. */
  readonly handle: Handle;
  /** For metrics: read when they are asked for. */
  metrics(): AuthenticationMetrics;
  /** Reports what was counted, within a few seconds, and lets go of connections. Call it before the store is closed. */
  close(): Promise<void>;
};
