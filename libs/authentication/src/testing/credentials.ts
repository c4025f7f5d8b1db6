/** Every kind of credential that a client may show, for tests that try all of them at every route. */
import { randomBytes } from 'node:crypto';
import { issueKey, type Role } from '@plenum/access';
import { credentialHashDigest, formatKeyHash, hashEncryption, newApiKey } from '@plenum/credentials';
import { plenumItself } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { tokenIssuer } from '../open-authentication.ts';
import { claimsOf, hs256, tampered, unsigned } from './forge.ts';
import {
  byPlenum,
  done,
  newKey,
  newSecret,
  newUser,
  type TestAuthentication,
  type TestKey,
  type TestUser,
} from './test-authentication.ts';

/** Roles that users and keys are given here. */
export const localRoles = ['guest', 'operator', 'maintenance', 'administrator'] as const satisfies readonly Role[];
/** Roles that an identity provider gives. */
export const providerRoles = ['field_worker', 'engineer', 'admin'] as const satisfies readonly Role[];

export type CredentialHeaders = Readonly<Partial<Record<'authorization' | 'x-api-key', string>>>;

export type GoodCredential = {
  readonly name: string;
  readonly method: 'session' | 'api_key' | 'oidc';
  readonly role: Role;
  readonly headers: CredentialHeaders;
};

export type BadCredential = {
  readonly name: string;
  readonly headers: CredentialHeaders;
  /** What a route that is not public answers. */
  readonly status: 401 | 403;
};

export type TestCredentials = {
  /** A session and a key of each local role, and a provider's token of each of its roles. */
  readonly good: readonly GoodCredential[];
  readonly bad: readonly BadCredential[];
  readonly users: readonly TestUser[];
  readonly keys: readonly TestKey[];
};

/** Makes all of them. Each user and each key is only used for its own. */
export const testCredentials = async (world: TestAuthentication): Promise<TestCredentials> => {
  const { authentication } = world;
  // Before anybody has asked the provider for its keys: this one was signed with one that it no longer publishes.
  const rotatedAway = await world.provider.token(providerRole('admin'));
  await world.provider.rotate();
  const users: TestUser[] = [];
  const keys: TestKey[] = [];
  for (const role of localRoles) {
    users.push(await newUser(authentication, role));
    keys.push(await newKey(authentication, role));
  }
  const tokens = await Promise.all(
    providerRoles.map(async (role) => ({ role, token: await world.provider.token(providerRole(role)) })),
  );
  const good: readonly GoodCredential[] = [
    ...users.map(({ role, token }) => ({
      name: `session of ${role}`,
      method: 'session' as const,
      role,
      headers: bearer(token),
    })),
    ...keys.map(({ role, key }) => ({
      name: `key of ${role}`,
      method: 'api_key' as const,
      role,
      headers: { 'x-api-key': key },
    })),
    ...tokens.map(({ role, token }) => ({
      name: `provider's ${role}`,
      method: 'oidc' as const,
      role,
      headers: bearer(token),
    })),
  ];
  const bad = [
    ...shapeless(),
    ...(await badKeys(world)),
    ...(await badSessions(world)),
    ...(await badProviderTokens(world)),
    { name: 'provider: key rotated away', headers: bearer(rotatedAway), status: 401 as const },
  ];
  return { good, bad, users, keys };
};

export const bearer = (token: string): CredentialHeaders => ({ authorization: `Bearer ${token}` });

export const providerRole = (role: string): Readonly<Record<string, unknown>> => ({
  'urn:zitadel:iam:org:project:roles': { [role]: { 9001: 'acme.example' } },
});

const refused = (name: string, headers: CredentialHeaders): BadCredential => ({ name, headers, status: 401 });

const shapeless = (): readonly BadCredential[] => [
  refused('nothing', {}),
  refused('Basic', { authorization: `Basic ${btoa('admin:admin')}` }),
  refused('Bearer and nothing', { authorization: 'Bearer' }),
  refused('Bearer and no token', bearer('nonsense')),
  refused('an empty key', { 'x-api-key': '' }),
  refused('a key of another shape', { 'x-api-key': `cpk_${'A'.repeat(43)}` }),
  refused('a key that nobody issued', { 'x-api-key': randomBytes(32).toString('hex') }),
];

const badKeys = async (world: TestAuthentication): Promise<readonly BadCredential[]> => {
  const { authentication } = world;
  const administrator = (name: string) => newKey(authentication, 'administrator', name);
  const [revoked, disabled, upper] = [
    await administrator('revoked'),
    await administrator('disabled'),
    await administrator('upper'),
  ];
  await done(authentication.keys.revoke(revoked.id, byPlenum()));
  await done(authentication.keys.disable(disabled.id, byPlenum()));
  const { token } = await newUser(authentication, 'administrator');
  return [
    refused('key: revoked', { 'x-api-key': revoked.key }),
    refused('key: disabled', { 'x-api-key': disabled.key }),
    refused('key: expired', { 'x-api-key': await expiredKey(world) }),
    refused('key: in upper case', { 'x-api-key': upper.key.toUpperCase() }),
    refused('key: tampered', { 'x-api-key': upper.key.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
    refused('key: revoked, beside a good token', { 'x-api-key': revoked.key, ...bearer(token) }),
  ];
};

/** Issued two hours ago for one. */
const expiredKey = async ({ store, config }: TestAuthentication): Promise<string> => {
  const { key, keyId, hash } = newApiKey('expired');
  const credentialHash = formatKeyHash(hash);
  const { encrypted: bytes, encryptedWith } = hashEncryption({ current: config.PLENUM_MASTER_KEY }).encrypt(
    keyId,
    credentialHash,
  );
  const nowUs = Date.now() * 1000 - 7200 * 1_000_000;
  const command = issueKey({
    ...({ name: 'expired', keyId, role: 'administrator', nowUs, actor: plenumItself } as const),
    keyHash: credentialHashDigest(credentialHash),
    expiresAtUs: nowUs + 3600 * 1_000_000,
    encrypted: { bytes, encryptedWith },
  });
  const decisions = { store, clock: { nowUs: () => nowUs }, random: { bytes16: () => randomBytes(16) } };
  const { outcome } = await handleCommand(decisions, command, { id: 'expired', actor: plenumItself });
  if (outcome !== 'done') throw new Error(`the key was not issued: ${outcome}`);
  return key;
};

const badSessions = async ({ authentication, config }: TestAuthentication): Promise<readonly BadCredential[]> => {
  const loggedOut = await newUser(authentication, 'administrator');
  await done(authentication.sessions.end(loggedOut.tokenId, byPlenum()));
  const disabled = await newUser(authentication, 'administrator');
  await done(authentication.users.disable(disabled.id, byPlenum()));
  const guest = await newUser(authentication, 'guest');
  const { token } = await newUser(authentication, 'administrator');
  const claims = claimsOf(token);
  const nowS = Math.floor(Date.now() / 1000);
  const signed = (other: Readonly<Record<string, unknown>>, secret = config.JWT_SECRET): string =>
    hs256({ ...claims, ...other }, secret);
  const other = randomBytes(16).toString('hex');
  const rights = { role: 'administrator', permissions: ['*'] };
  return [
    refused('session: revoked', bearer(loggedOut.token)),
    refused('session: of a disabled user', bearer(disabled.token)),
    refused('session: expired', bearer(signed({ iat: nowS - 7200, exp: nowS - 3600 }))),
    refused('session: without expiry', bearer(signed({ exp: undefined }))),
    refused('session: for longer than a day', bearer(signed({ exp: nowS + 30 * 86_400 }))),
    refused('session: tampered', bearer(tampered(guest.token, rights))),
    refused('session: signature cut', bearer(token.slice(0, -4))),
    refused('session: alg none', bearer(unsigned(claims))),
    refused('session: alg none, signed', bearer(hs256(claims, config.JWT_SECRET, { alg: 'none' }))),
    refused('session: wrong issuer', bearer(signed({ iss: 'somebody else' }))),
    refused('session: wrong audience', bearer(signed({ aud: 'somebody else' }))),
    refused('session: secret rotated away', bearer(signed({}, newSecret()))),
    refused('session: never started', bearer(signed({ token_id: other, jti: other }))),
    refused("session: another user's", bearer(signed({ user_id: guest.id, sub: guest.id }))),
    refused('session: of nobody, in the old shape', bearer(hs256({ ...bare(nowS), role: 'admin' }, config.JWT_SECRET))),
    refused('session: two ids', bearer(signed({ iss: tokenIssuer, jti: other }))),
  ];
};

/** As the replaced system's middleware made them. */
const bare = (nowS: number) => ({ sub: 'somebody', email: 'a@example.org', name: 'A', iat: nowS, exp: nowS + 3600 });

const badProviderTokens = async ({ provider }: TestAuthentication): Promise<readonly BadCredential[]> => {
  const nowS = Math.floor(Date.now() / 1000);
  const good = await provider.token(providerRole('admin'));
  const claims = claimsOf(good);
  const [publicKey] = await provider.publicKeys();
  const asSecret = JSON.stringify(publicKey);
  return [
    refused('provider: expired', bearer(await provider.signed({ ...claims, iat: nowS - 7200, exp: nowS - 3600 }))),
    refused('provider: without expiry', bearer(await provider.signed({ ...claims, exp: undefined }))),
    refused('provider: not yet', bearer(await provider.signed({ ...claims, nbf: nowS + 3600 }))),
    refused('provider: wrong audience', bearer(await provider.signed({ ...claims, aud: 'somebody else' }))),
    refused('provider: no audience', bearer(await provider.signed({ ...claims, aud: undefined }))),
    refused('provider: wrong issuer', bearer(await provider.signed({ ...claims, iss: 'https://evil.example' }))),
    refused('provider: no key named', bearer(await provider.signed(claims, 'without-kid'))),
    refused('provider: tampered', bearer(tampered(good, { sub: 'root' }))),
    refused('provider: alg none', bearer(unsigned(claims))),
    refused('provider: HS256 with the public key', bearer(hs256(claims, asSecret, { kid: publicKey?.kid }))),
    refused(
      'provider: HS256 with the public modulus',
      bearer(hs256(claims, Buffer.from(publicKey?.n ?? '', 'base64url'), { kid: publicKey?.kid })),
    ),
    { name: 'provider: no role', headers: bearer(await provider.token({ sub: 'nobody' })), status: 403 },
    {
      name: 'provider: a role of another',
      headers: bearer(await provider.token(providerRole('janitor'))),
      status: 403,
    },
  ];
};
