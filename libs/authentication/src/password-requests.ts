/** What is asked with a password, and what it is carried out with. */
import type { CommandMetadata } from '@plenum/event';
import type { AccountContext } from './account-context.ts';
import type { AuthenticationCounters } from './counters.ts';
import type { PresentedCredentials } from './result.ts';
import type { SecurityLog } from './security/security-log.ts';

export type LoginAsked = Pick<PresentedCredentials, 'address' | 'userAgent' | 'resource'> & {
  readonly login: string;
  readonly password: string;
};

export type PasswordAsked = Pick<PresentedCredentials, 'address' | 'userAgent' | 'resource'> &
  Pick<CommandMetadata, 'id' | 'trace' | 'request'> & {
    readonly userId: string;
    /** The session that asks stays. */
    readonly tokenId: string | undefined;
    readonly password: string;
    /** 12 to 1024 characters. */
    readonly newPassword: string;
  };

export type LoginsParts = AccountContext & {
  readonly security: SecurityLog;
  readonly counters: AuthenticationCounters;
};
