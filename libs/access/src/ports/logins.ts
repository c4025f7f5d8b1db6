/** Logging in with a password, and changing it, as routes ask for it. */
import type { CommandMetadata } from '@plenum/event';
import type { Role } from '../permissions.ts';
import type { NotAuthenticated, PresentedCredentials, Unavailable } from './authenticated.ts';

export type LoginPort = {
  /**
   * Checks a password and starts a session. Logins that do not exist, wrong passwords and disabled accounts are
   * answered alike and take the same time. Never rejects for what the outside can do. Notes the security event by
   * itself.
   */
  login(asked: LoginAsked): Promise<LoggedIn>;
  /**
   * Another password for a user who knows the present one; ends their other sessions. Counted like a login when the
   * present one is wrong. When it is unknown whether it was changed, ask again with the same id.
   */
  changePassword(asked: PasswordAsked): Promise<PasswordChanged>;
};

export type LoginAsked = Pick<PresentedCredentials, 'address' | 'userAgent' | 'resource'> & {
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
  | NotLoggedIn;

export type NotLoggedIn =
  /** 401: one answer for everything that can be wrong. */
  | NotAuthenticated
  /** 429: too many wrong passwords. */
  | { readonly outcome: 'slow-down'; readonly reason: string; readonly retryAfterS: number }
  | Unavailable;

export type PasswordAsked = Pick<PresentedCredentials, 'address' | 'userAgent' | 'resource'> &
  Pick<CommandMetadata, 'id' | 'trace' | 'request'> & {
    readonly userId: string;
    /** The session that asks stays. */
    readonly tokenId: string | undefined;
    readonly password: string;
    /** 12 to 1024 characters. */
    readonly newPassword: string;
  };

export type PasswordChanged =
  | { readonly outcome: 'done'; readonly sessionsEnded: number }
  /** 422: the new one is too short, too long, or as the old one; or the command id was used for another. */
  | { readonly outcome: 'unfit'; readonly reason: string }
  | NotLoggedIn;
