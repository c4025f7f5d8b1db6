/**
 * What the API and the command line ask of admission. Everything here answers from tables that are written in the decisions'
 * own transactions, so a lock, a revocation or a disabled user holds with the log stopped.
 */
import type { Identity } from '@plenum/access';

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

export type Admitted =
  | { readonly outcome: 'admitted'; readonly identity: Identity }
  /** 401. `code` is for programs and says no more than that the credential is missing, not good, or no longer good. */
  | {
      readonly outcome: 'refused';
      readonly code: 'absent' | 'invalid' | 'expired' | 'revoked' | 'no-role';
      readonly reason: string;
    }
  /** 503: nobody can tell just now, and nobody is let in on a guess. */
  | { readonly outcome: 'unavailable'; readonly reason: string; readonly retryAfterS: number };

/** Who is at the door. `X-API-Key` wins over `Authorization`, whatever comes of it. */
export type Doorkeeper = {
  /** Answers without waiting where it can: it is asked for every request. */
  admit(shown: Shown): Admitted | Promise<Admitted>;
};
