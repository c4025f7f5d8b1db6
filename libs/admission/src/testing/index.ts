export {
  type BadCredential,
  bearer,
  type CredentialHeaders,
  type GoodCredential,
  localRoles,
  providerRole,
  providerRoles,
  type TestCredentials,
  testCredentials,
} from './credentials.ts';
export { claimsOf, hs256, tampered, unsigned } from './forge.ts';
export {
  byPlenum,
  done,
  here,
  newKey,
  newSecret,
  newUser,
  shown,
  type TestAdmission,
  type TestAdmissionSettings,
  type TestKey,
  type TestUser,
  testAdmission,
} from './test-admission.ts';
