/** What an identity provider publishes: where its keys are, and the keys. */
import { TransientFailure } from '@plenum/runtime';
import { createLocalJWKSet, importJWK, type JWK } from 'jose';
import { fetchJson, urlProblem } from './fetch-json.ts';

/** The same keys have the same `content`. */
export type PublishedKeys = { readonly find: ReturnType<typeof createLocalJWKSet>; readonly content: string };

/**
 * Where an issuer says what it is: below its path, without the slash that may end it (OpenID Connect Discovery 1.0, 4.1).
 * An issuer with a slash and one without are two, and have this in common.
 */
const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** Where the provider's keys are. @throws TransientFailure also when the document is not this issuer's, or none at all. */
export const fetchKeysUrl = async (issuer: string, timeoutMs: number): Promise<string> => {
  const url = discoveryUrl(issuer);
  const found = await fetchJson(url, timeoutMs);
  if (!isRecord(found)) throw unfit(`${url} is no discovery document`);
  if (found.issuer !== issuer) throw unfit(`${url} speaks for ${JSON.stringify(found.issuer)} and not for ${issuer}`);
  const { jwks_uri: keysUrl } = found;
  if (typeof keysUrl !== 'string') throw unfit(`${url} names no jwks_uri`);
  const problem = urlProblem(keysUrl);
  if (problem !== undefined) throw unfit(`the jwks_uri of ${issuer} ${problem}`);
  return keysUrl;
};

/** Those of its keys that we verify with. @throws TransientFailure when there is no key set. */
export const fetchKeys = async (keysUrl: string, timeoutMs: number): Promise<PublishedKeys> => {
  const found = await fetchJson(keysUrl, timeoutMs);
  if (!isRecord(found) || !Array.isArray(found.keys)) throw unfit(`${keysUrl} is no key set`);
  const sound = await Promise.all(found.keys.filter(isUsable).map(soundOnly));
  const keys = sound.filter((key) => key !== undefined).sort(byKid);
  return { find: createLocalJWKSet({ keys }), content: JSON.stringify(keys) };
};

/** A key that cannot be read is left out here, where it stands for itself, and not met again with every token. */
const soundOnly = async (key: JWK): Promise<JWK | undefined> => {
  try {
    await importJWK(key, key.kty === 'EC' ? 'ES256' : 'RS256');
    return key;
  } catch {
    return undefined;
  }
};

const unfit = (reason: string): TransientFailure => new TransientFailure('identity-provider', reason);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Public keys with a name, for RS256 or ES256. Others may stand beside them; they are not for us. */
const isUsable = (key: unknown): key is JWK => {
  if (!isRecord(key) || typeof key.kid !== 'string' || key.d !== undefined) return false;
  if (key.kty === 'EC') return key.crv === 'P-256';
  return key.kty === 'RSA' && typeof key.n === 'string' && Buffer.from(key.n, 'base64url').length >= rsaBytesMin;
};

/** 2048 bits, less than which RS256 does not allow. */
const rsaBytesMin = 256;

const byKid = ({ kid: a = '' }: JWK, { kid: b = '' }: JWK): number => (a < b ? -1 : 1);
