/** Logging in with a password, and changing it. */
import type { Role } from '@plenum/access';
import type { NotIn, Shown, Unavailable } from './admission.ts';
import type { Order } from './orders.ts';

export type Logins = {
  /**
   * Checks a password and starts a session. Logins that do not exist, wrong passwords and disabled accounts are told
   * alike and take the same time. Never rejects for what the outside can do. Notes the security event by itself.
   */
  login(asked: LoginAsked): Promise<LoggedIn>;
  /** Another password for whoever knows the present one; ends his other sessions. Counted like a login when it is wrong. */
  changePassword(asked: PasswordAsked): Promise<PasswordChanged>;
};

export type LoginAsked = Pick<Shown, 'address' | 'userAgent' | 'resource'> & {
  readonly login: string;
  readonly password: string;
};

export type LoggedIn =
  | {
      readonly outcome: 'started';
      /** Bearer. */
      readonly token: string;
      readonly tokenId: string;
      readonly issuedAtUs: number;
      readonly expiresAtUs: number;
      readonly user: {
        readonly id: string;
        readonly login: string;
        readonly name: string;
        readonly email: string | undefined;
        readonly role: Role;
        readonly permissions: readonly string[];
      };
      /** Of the session's stream, for `Prefer: wait`. */
      readonly stream: string;
      readonly version: number;
    }
  /** 401: one answer for everything that can be wrong. */
  | NotIn
  /** 429: too many wrong passwords. */
  | { readonly outcome: 'slow-down'; readonly reason: string; readonly retryAfterS: number }
  | Unavailable;

export type PasswordAsked = Pick<Shown, 'address' | 'userAgent' | 'resource'> &
  Pick<Order, 'commandId' | 'trace'> & {
    readonly userId: string;
    /** The session that asks stays. */
    readonly tokenId: string | undefined;
    readonly password: string;
    /** 12 to 1024 characters. */
    readonly newPassword: string;
  };

export type PasswordChanged =
  | { readonly outcome: 'done'; readonly sessionsEnded: number }
  /** 422: the new one is too short, too long, or as the old one. */
  | { readonly outcome: 'unfit'; readonly reason: string }
  | Extract<LoggedIn, { readonly outcome: 'refused' | 'slow-down' | 'unavailable' }>;
