export type { Authentication, Authenticator, Limited } from './authentication.ts';
export type { Handled, HandledSecret } from './handled.ts';
export type { ImportedKey, ImportKey } from './import-key.ts';
export {
  type ImportedUser,
  type ImportUser,
  identityOf as importedUserIdentity,
  namesOf as importedNames,
} from './import-user.ts';
export type { KeyChange, Keys } from './keys.ts';
export type { LoggedIn, Logins, NotLoggedIn, PasswordChanged } from './logins.ts';
export type { AuthenticationMetrics, Method } from './metrics.ts';
export type { NewKey } from './new-key.ts';
export type { NewUser } from './new-user.ts';
export {
  type AuthenticationParts,
  masterKeysOf,
  openAuthentication,
  tokenAudienceOf,
  tokenIssuer,
} from './open-authentication.ts';
export { passwordProblem } from './password-policy.ts';
export type { LoginAsked, PasswordAsked } from './password-requests.ts';
export type { RequestAsked, RequestBegun, Requests } from './requests.ts';
export { type RestoredAccess, restoredAccess } from './restored-access.ts';
export type { Authenticated, Described, NotAuthenticated, PresentedCredentials, Unavailable } from './result.ts';
export type { EndedAll, Sessions } from './sessions.ts';
export { type AuthenticationConfig, authenticationSettings } from './settings.ts';
export type { FirstUser, UserChange, Users } from './users.ts';
