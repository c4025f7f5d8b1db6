export { isUser, mayDoAll } from './actor.ts';
export { type Attempted, beginAttempt, endAttempt, purgeAttempts, takeBackAttempt } from './attempts/attempt-store.ts';
export {
  type Attempt,
  type Attempts,
  attempt,
  failuresMax,
  noAttempts,
  succeeded,
  windowUs,
} from './attempts/login-attempts.ts';
export { networkOf } from './attempts/network.ts';
export {
  type AuthorizationReads,
  type AuthorizedKey,
  type AuthorizedLogin,
  type AuthorizedSession,
  type AuthorizedUser,
  authorizationReads,
  type NamedUser,
  purgeSessions,
  type StoredHash,
} from './authorization/reads.ts';
export {
  keyStanding,
  type LoginStanding,
  loginStanding,
  type NotStanding,
  replacedStanding,
  type Standing,
  sessionStanding,
} from './authorization/standing.ts';
export { authorizationTables, forgetAttempts } from './authorization/statements.ts';
export { accessSchema, accessTables } from './authorization/tables.ts';
export {
  changePassword,
  changeUser,
  createUser,
  decideKey,
  endSession,
  endSessionsOf,
  endUnrecorded,
  issueKey,
  ownPasswordChange,
  recordPasswordHash,
  revokeKey,
  type SessionAsked,
  standUser,
  startSession,
} from './commands.ts';
export { CredentialHashEncrypted, CredentialHashWithdrawn } from './credential-hashes/credential-hash-events.ts';
export {
  type CredentialHashCommand,
  type CredentialHashState,
  type CredentialKind,
  credentialHashOf,
  type EncryptedHash,
} from './credential-hashes/credential-hash-of.ts';
export {
  type CredentialHashesRow,
  credentialHashesProjection,
} from './credential-hashes/credential-hashes-projection.ts';
export { access } from './domain.ts';
export { type Grant, grant } from './grant.ts';
export type { Identity } from './identity.ts';
export { type ApiKey, apiKey, type KeyCommand, type KeyState, keyDays, keyIdOf } from './keys/api-key.ts';
export { type ApiKeysRow, apiKeysProjection } from './keys/api-keys-projection.ts';
export {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
} from './keys/key-events.ts';
export { type KeyReads, type KeyShown, type KeysAsked, keyReads } from './keys/reads.ts';
export {
  createOrganisation,
  expectOrganisation,
  renameOrganisation,
} from './organisations/organisation-commands.ts';
export { OrganisationCreated, OrganisationRenamed } from './organisations/organisation-events.ts';
export type { OrganisationReads, OrganisationShown } from './organisations/reads.ts';
export { organisationReads } from './organisations/reads.ts';
export {
  allows,
  both,
  isPermissionEntry,
  isRole,
  type Permission,
  permissions,
  providerGrant,
  type Role,
  rolePermissions,
  roleRateLimits,
  roles,
  sessionRateLimit,
  tokenGrant,
} from './permissions.ts';
export type { Accounts } from './ports/accounts.ts';
export type { Authenticated, NotAuthenticated, PresentedCredentials, Unavailable } from './ports/authenticated.ts';
export type { Handled, HandledSecret } from './ports/handled.ts';
export type { KeyChange, KeyPort } from './ports/keys.ts';
export type { LoggedIn, LoginAsked, LoginPort, NotLoggedIn, PasswordAsked, PasswordChanged } from './ports/logins.ts';
export type { NewKey } from './ports/new-key.ts';
export type { NewUser } from './ports/new-user.ts';
export type { OrganisationPort } from './ports/organisations.ts';
export type { EndAll, EndedAll, SessionPort } from './ports/sessions.ts';
export type { UserChange, UserPort } from './ports/users.ts';
export {
  type SecurityAsked,
  type SecurityEventShown,
  type SecurityPlace,
  type SecurityReads,
  securityReads,
} from './security/reads.ts';
export {
  SecurityEventSeen,
  type SecurityEventSeenData,
  type SecurityEventType,
  securityEventTypes,
} from './security/security-event-seen.ts';
export {
  type SecurityEventsRow,
  type Severity,
  securityEventsProjection,
  severities,
  severityOf,
} from './security/security-events.ts';
export {
  defaultThrottleLimits,
  type Report,
  type SecurityThrottle,
  type Sighting,
  securityThrottle,
  type ThrottleLimits,
} from './security/throttle.ts';
export type { AccessServices } from './services.ts';
export { type JwtTokensRow, jwtTokensProjection } from './sessions/jwt-tokens-projection.ts';
export {
  type SessionPlace,
  type SessionReads,
  type SessionShown,
  type SessionsAsked,
  sessionReads,
} from './sessions/reads.ts';
export { type SessionCommand, type SessionState, session } from './sessions/session.ts';
export { type EndReason, endReasons, SessionEnded, SessionStarted } from './sessions/session-events.ts';
export {
  credentialStream,
  keyStream,
  loginHash,
  plainLogin,
  sessionStream,
  userStream,
} from './streams.ts';
export { accessTopic, credentialHashesTopic, securityTopic } from './topics.ts';
export { type UserReads, type UserShown, type UsersAsked, userReads } from './users/reads.ts';
export { type KeptSession, type User, type UserCommand, type UserState, user } from './users/user.ts';
export {
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
} from './users/user-events.ts';
export { type UsersRow, users, usersProjection } from './users/users-projection.ts';
