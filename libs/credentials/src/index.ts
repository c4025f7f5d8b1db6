export { apiKeyHash, apiKeyMatches, credentialHashDigest, isApiKey, type NewApiKey, newApiKey } from './api-keys.ts';
export {
  formatKeyHash,
  formatPasswordHash,
  type PasswordHash,
  parseKeyHash,
  parsePasswordHash,
} from './credential-hash.ts';
export {
  type EncryptedHash,
  type HashEncryption,
  hashEncryption,
  type MasterKeys,
  type Opened,
} from './hash-encryption.ts';
export { type NewNodeKey, newNodeKey, nodeKeyHash } from './node-keys.ts';
export { urlProblem } from './oidc/fetch-json.ts';
export {
  type OidcIdentity,
  type OidcSettings,
  type OidcVerdict,
  type OidcVerifier,
  oidcVerifier,
} from './oidc/oidc-verifier.ts';
export { defaultProviderKeysLimits, type ProviderKeysLimits } from './oidc/provider-keys.ts';
export { type OpaqueString, opaqueString } from './password-text/opaque-string.ts';
export { isTooLong, passwordCharactersMax, passwordForms } from './password-text/password-forms.ts';
export { oneTimePassword, type Passwords, type PasswordVerdict, passwords } from './passwords.ts';
export { personCipher } from './person-cipher.ts';
export { type RequestDigests, type RequestText, requestDigests } from './request-digests.ts';
export { secretProblem } from './secret-policy.ts';
export type { GrantOf, Session, TokenGrant } from './session-claims.ts';
export {
  type IssuedToken,
  type SessionOf,
  type SessionSettings,
  type SessionTokens,
  type SessionVerdict,
  sessionTokens,
  type TokenRefused,
} from './session-tokens.ts';
export { claimedIssuer, isTokenText } from './token-text.ts';
