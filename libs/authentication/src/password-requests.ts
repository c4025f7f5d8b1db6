/** What logging in and changing a password are carried out with. */
import type { AccountContext } from './account-context.ts';
import type { AuthenticationCounters } from './counters.ts';
import type { SecurityLog } from './security/security-log.ts';

export type LoginsParts = AccountContext & {
  readonly security: SecurityLog;
  readonly counters: AuthenticationCounters;
};
