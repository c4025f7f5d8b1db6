/** What the routes of access ask of the service that decides about users, keys, sessions and organisations, in one. */
import type { KeyPort } from './keys.ts';
import type { LoginPort } from './logins.ts';
import type { OrganisationPort } from './organisations.ts';
import type { SessionPort } from './sessions.ts';
import type { UserPort } from './users.ts';

export type Accounts = {
  readonly users: UserPort;
  readonly keys: KeyPort;
  readonly sessions: SessionPort;
  readonly logins: LoginPort;
  readonly organisations: OrganisationPort;
};
