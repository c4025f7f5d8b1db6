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
  type TestAuthentication,
  type TestAuthenticationSettings,
  type TestKey,
  type TestUser,
  testAuthentication,
} from './test-authentication.ts';
export { type TestPersonalSettings, testPersonal } from './test-personal.ts';
