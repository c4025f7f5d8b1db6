/** Access as a module. Most of its routes are made by the API itself for now: they take more than reads. */
import { defineDomain, type Services } from '@plenum/domain';
import { reservingStreams } from '@plenum/event';
import type { ShowPersonal, Sql } from '@plenum/read-model';
import { authorizationTables } from './authorization/statements.ts';
import { CredentialHashEncrypted, CredentialHashWithdrawn } from './credential-hashes/credential-hash-events.ts';
import { credentialHashesProjection } from './credential-hashes/credential-hashes-projection.ts';
import { apiKeysProjection } from './keys/api-keys-projection.ts';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
} from './keys/key-events.ts';
import { keyReads } from './keys/reads.ts';
import { OrganisationCreated, OrganisationRenamed } from './organisations/organisation-events.ts';
import { organisationsProjection } from './organisations/organisations-projection.ts';
import { organisationReads } from './organisations/reads.ts';
import { permissions } from './permissions.ts';
import { endSessionsOfUser } from './reactions/end-sessions-of-user.ts';
import { organisationRoutes } from './routes/organisations.ts';
import { securityReads } from './security/reads.ts';
import { SecurityEventSeen } from './security/security-event-seen.ts';
import { securityEventsProjection } from './security/security-events.ts';
import { jwtTokensProjection } from './sessions/jwt-tokens-projection.ts';
import { sessionReads } from './sessions/reads.ts';
import { SessionEnded, SessionStarted } from './sessions/session-events.ts';
import { accessTopic, credentialHashesTopic, securityTopic } from './topics.ts';
import { userReads } from './users/reads.ts';
import { user } from './users/user.ts';
import {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from './users/user-events.ts';
import { usersProjection } from './users/users-projection.ts';

const readsOf = (sql: Sql, show: ShowPersonal) => ({
  users: userReads(sql, show),
  sessions: sessionReads(sql),
  keys: keyReads(sql),
  security: securityReads(sql),
  organisations: organisationReads(sql),
});

/** Those that a domain of their own declares are only known here, so that a role can be given with them. */
const {
  'read:sensors': _sensors,
  'read:quarantine': _quarantine,
  'read:projection': _projection,
  ...ownPermissions
} = permissions;

export const access = defineDomain({
  name: 'access',
  about: 'Users, their sessions, API keys, and security events.',
  events: [
    ...[UserCreated, UserChanged, UserDisabled, UserEnabled, UserLockedOut, UserUnlocked, UserSessionsEnded],
    ...[ApiKeyIssued, ApiKeyChanged, ApiKeyDisabled, ApiKeyEnabled, ApiKeyRevoked, ApiKeyUsed],
    ...[SessionStarted, SessionEnded],
    ...[OrganisationCreated, OrganisationRenamed],
    ...[CredentialHashEncrypted, CredentialHashWithdrawn],
    SecurityEventSeen,
  ],
  topics: [accessTopic, credentialHashesTopic, securityTopic],
  projections: [
    ...[usersProjection, apiKeysProjection, jwtTokensProjection, credentialHashesProjection],
    ...[organisationsProjection, securityEventsProjection],
  ],
  inline: [authorizationTables],
  reserving: [reservingStreams('user', user)],
  reactions: [endSessionsOfUser],
  permissions: ownPermissions,
  reads: readsOf,
  routes: (services: Services<ReturnType<typeof readsOf>>) => organisationRoutes(services),
});
