export type { Authentication, Authenticator, Limited } from './authentication.ts';
export type { ImportedKey, ImportKey } from './import-key.ts';
export {
  type ImportedUser,
  type ImportUser,
  identityOf as importedUserIdentity,
  namesOf as importedNames,
} from './import-user.ts';
export type { Keys } from './keys.ts';
export type { AuthenticationMetrics, Method } from './metrics.ts';
export {
  type AuthenticationParts,
  masterKeysOf,
  openAuthentication,
  tokenAudienceOf,
  tokenIssuer,
} from './open-authentication.ts';
export { passwordProblem } from './password-policy.ts';
export type { RequestAsked, RequestBegun, Requests } from './requests.ts';
export { type RestoredAccess, restoredAccess } from './restored-access.ts';
export type { Sessions } from './sessions.ts';
export { type AuthenticationConfig, authenticationSettings } from './settings.ts';
export type { FirstUser, Users } from './users.ts';
