/** What the routes of access take. */
import type { Services } from '@plenum/domain';
import type { ShowPersonal, Sql } from '@plenum/read-model';
import { keyReads } from './keys/reads.ts';
import { organisationReads } from './organisations/reads.ts';
import type { Accounts } from './ports/accounts.ts';
import { securityReads } from './security/reads.ts';
import { sessionReads } from './sessions/reads.ts';
import { userReads } from './users/reads.ts';

export const accessReads = (sql: Sql, show: ShowPersonal) => ({
  users: userReads(sql, show),
  sessions: sessionReads(sql),
  keys: keyReads(sql),
  security: securityReads(sql),
  organisations: organisationReads(sql),
});

export type AccessReads = ReturnType<typeof accessReads>;

export type AccessServices = Services<AccessReads> & {
  /** @throws Problem where nobody decides about access, because authentication is off. */
  readonly accounts: () => Accounts;
  /** Every permission that may be given, of all domains, with what it opens. */
  readonly givable: Readonly<Record<string, string>>;
};
