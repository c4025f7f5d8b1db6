/** Access as a module. */
import { defineDomain } from '@plenum/domain';
import { eventsIn, reservingStreams } from '@plenum/event';
import { authorizationTables } from './authorization/statements.ts';
import * as credentialHashEvents from './credential-hashes/credential-hash-events.ts';
import { credentialHashesProjection } from './credential-hashes/credential-hashes-projection.ts';
import { apiKeysProjection } from './keys/api-keys-projection.ts';
import * as keyEvents from './keys/key-events.ts';
import * as organisationEvents from './organisations/organisation-events.ts';
import { organisationsProjection } from './organisations/organisations-projection.ts';
import { permissions } from './permissions.ts';
import { endSessionsOfUser } from './reactions/end-sessions-of-user.ts';
import * as securityEvents from './security/security-event-seen.ts';
import { securityEventsProjection } from './security/security-events.ts';
import { type AccessServices, accessReads } from './services.ts';
import { jwtTokensProjection } from './sessions/jwt-tokens-projection.ts';
import * as sessionEvents from './sessions/session-events.ts';
import { accessTopic, credentialHashesTopic, securityTopic } from './topics.ts';
import { user } from './users/user.ts';
import * as userEvents from './users/user-events.ts';
import { usersProjection } from './users/users-projection.ts';

export const access = defineDomain({
  name: 'access',
  about: 'Users, their sessions, API keys, and security events.',
  events: eventsIn(userEvents, keyEvents, sessionEvents, organisationEvents, credentialHashEvents, securityEvents),
  topics: [accessTopic, credentialHashesTopic, securityTopic],
  projections: [
    ...[usersProjection, apiKeysProjection, jwtTokensProjection, credentialHashesProjection],
    ...[organisationsProjection, securityEventsProjection],
  ],
  inline: [authorizationTables],
  reserving: [reservingStreams('user', user)],
  reactions: [endSessionsOfUser],
  permissions,
  reads: accessReads,
  routes: async (services: AccessServices) => (await import('./routes/routes.ts')).accessRoutes(services),
});
