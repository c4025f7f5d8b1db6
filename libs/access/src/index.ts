export type { Identity } from './identity.ts';
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
} from './permissions.ts';
export {
  bucketLifeS,
  giveBack,
  grantRequests,
  nearLimit,
  type RateAsk,
  type RateBucket,
  type RateGrant,
  requestsIn,
  resetInS,
  roomInS,
  shareFor,
  windowAt,
} from './rates/sliding-minute.ts';
export {
  formatKeyVerifier,
  formatPasswordVerifier,
  type PasswordVerifier,
  parseKeyVerifier,
  parsePasswordVerifier,
  type VerifierKind,
} from './verifiers/verifier.ts';
