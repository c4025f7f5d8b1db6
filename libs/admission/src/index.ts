export type { Admission, Admitted, Described, Doorkeeper, Limited, NotIn, Shown, Unavailable } from './admission.ts';
export type { AdmissionFigures, Method } from './figures.ts';
export type { Handled, HandledSecret } from './handled.ts';
export type { ImportedKey, ImportKey } from './import-key.ts';
export {
  type ImportedUser,
  type ImportUser,
  identityOf as importedUserIdentity,
  namesOf as importedNames,
} from './import-user.ts';
export type { KeyChange, Keys, NewKey } from './keys.ts';
export type { LoggedIn, LoginAsked, Logins, NotLoggedIn, PasswordAsked, PasswordChanged } from './logins.ts';
export { type AdmissionParts, openAdmission, tokenAudienceOf, tokenIssuer } from './open-admission.ts';
export { passwordProblem } from './password-policy.ts';
export { type RebuildAccess, type RebuiltAccess, rebuildAccess } from './rebuild-access.ts';
export type { RequestAsked, RequestBegun, Requests } from './requests.ts';
export type { EndedAll, Sessions } from './sessions.ts';
export { type AdmissionConfig, admissionSettings } from './settings.ts';
export type { FirstUser, NewUser, UserChange, Users } from './users.ts';
