/** What a request shows to say who it is from, and what comes of it. */
import type { Described, Origin } from '@plenum/http';
import type { Identity } from '../identity.ts';

/** What a request showed to say who it is from. Header values as they came. */
export type PresentedCredentials = Origin & {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
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

/** 503: it cannot be decided just now, and nobody is let in on a guess. */
export type Unavailable = {
  readonly outcome: 'unavailable';
  readonly reason: string;
  /** Whole seconds, at least 1. */
  readonly retryAfterS: number;
};
