/** What a request shows to say who it is from, and what comes of it. */
import type { Identity } from '@plenum/access';

/** What a request showed to say who it is from. Header values as they came. */
export type PresentedCredentials = {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** Where it came from: an address, as the server (or a proxy it trusts) says. */
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

export type Authenticated =
  | { readonly outcome: 'authenticated'; readonly identity: Identity; readonly described: Described }
  | NotAuthenticated
  | Unavailable;

/**
 * 401, and 403 for `no-role`: the token is good, and its owner has no role that may do anything here. `code` is for
 * programs and says no more than that the credential is missing, not good, or no longer good; `reason` is a sentence.
 */
export type NotAuthenticated = {
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
