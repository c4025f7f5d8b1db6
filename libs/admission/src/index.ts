export type { Admission, Admitted, Described, Doorkeeper, Limited, NotIn, Shown, Unavailable } from './admission.ts';
export type { AdmissionFigures, Method } from './figures.ts';
export type { KeyChange, Keys, NewKey } from './keys.ts';
export type { LoggedIn, LoginAsked, Logins, PasswordAsked, PasswordChanged } from './logins.ts';
export type { AdmissionParts, OpenAdmission } from './open-admission.ts';
export type { Done, NotDone, Order, Ordered, OrderedSecret } from './orders.ts';
export type { EndedAll, Sessions } from './sessions.ts';
export { type AdmissionConfig, admissionSettings } from './settings.ts';
export type { FirstUser, NewUser, UserChange, Users } from './users.ts';
