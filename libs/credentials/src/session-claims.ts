/**
 * What a session token says, in the two shapes that the replaced systems gave it. Ours carries both at once, so that
 * clients which read either find what they look for.
 */
import type { JWTPayload } from 'jose';

export const lifetimeSMax = 86_400;

/** Of replicas, or of the system that issued a token: how far their clocks may be apart. */
export const clockToleranceS = 5;

/** What a token stands for: a role, and the list of permissions behind it. */
export type TokenGrant<Role extends string = string> = { readonly role: Role; readonly permissions: readonly string[] };

/** What the role and the permissions that a token names come to; `undefined` when they are none that are known. */
export type GrantOf = (role: string, permissions: readonly string[] | undefined) => TokenGrant | undefined;

export type Session = {
  /** 32 hexadecimal digits: what logging out ends. */
  readonly tokenId: string;
  readonly userId: string;
  readonly role: string;
  /** Entries as in `allows`: what the user might do when the token was made. */
  readonly permissions: readonly string[];
  readonly email?: string;
  readonly name?: string;
  readonly issuedAtS: number;
  readonly expiresAtS: number;
  /**
   * `ours`: there is a record of it, and `userId` is the id of a user. `replaced`: a replaced system signed it with the same
   * secret, nobody has recorded it, and `userId` is what that system calls somebody. Where it brings no id, `tokenId` is a
   * digest.
   */
  readonly shape: 'ours' | 'replaced';
};

export type Claims =
  | { readonly outcome: 'session'; readonly session: Session }
  | { readonly outcome: 'refused'; readonly reason: string };

export type Expected = {
  readonly issuer: string;
  /** `undefined`: tokens of ours have no audience. */
  readonly audience: string | undefined;
  readonly grantOf: GrantOf;
  /** For a token that brings no id. */
  readonly digestId: string;
};

/**
 * Reads claims whose signature and times were found right. Tokens of the replaced systems name no issuer and no
 * audience; for them the secret has to be proof enough. A token that names one has to name the right ones.
 */
export const readClaims = (claims: JWTPayload, { issuer, audience, grantOf, digestId }: Expected): Claims => {
  const { iss, aud, iat = 0, exp = 0 } = claims;
  const isOurs = iss !== undefined || aud !== undefined;
  if (isOurs && iss !== issuer) return refused('it is from another issuer');
  if (isOurs && !isFor(aud, audience)) return refused('it is for somebody else');
  if (exp - iat > lifetimeSMax) return refused('it would live for longer than a day');
  const userId = same(claims.user_id, claims.sub);
  if (userId === undefined) return refused('it does not say of whom it is, or says it twice and differently');
  const rights = rightsOf(claims, grantOf);
  if (rights === undefined) return refused('its role or its permissions are none of ours');

  const hasId = isOurs || claims.token_id !== undefined || claims.jti !== undefined;
  const tokenId = hasId ? same(claims.token_id, claims.jti) : digestId;
  if (tokenId === undefined || !/^[0-9a-f]{32}$/.test(tokenId)) return refused('its id is none of ours');
  const session = { tokenId, userId, ...rights, ...described(claims), issuedAtS: iat, expiresAtS: exp };
  return { outcome: 'session', session: { ...session, shape: isOurs ? 'ours' : 'replaced' } };
};

/** Where ours have no audience, one that was signed a moment ago may have had one: nobody else signs as we do. */
const isFor = (aud: JWTPayload['aud'], audience: string | undefined): boolean =>
  audience === undefined || [aud].flat().includes(audience);

const refused = (reason: string): Claims => ({ outcome: 'refused', reason });

/** One thing under two names: either alone, or both alike. Otherwise one part of us would see another than the next. */
const same = (one: unknown, other: unknown): string | undefined => {
  const value = one ?? other;
  if (typeof value !== 'string' || value === '' || value.length > 200) return undefined;
  return (one ?? value) === value && (other ?? value) === value ? value : undefined;
};

const rightsOf = ({ role, permissions }: JWTPayload, grantOf: GrantOf): TokenGrant | undefined => {
  if (typeof role !== 'string') return undefined;
  return permissions === undefined || isTexts(permissions) ? grantOf(role, permissions) : undefined;
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const described = ({ email, name }: JWTPayload): Pick<Session, 'email' | 'name'> => ({
  ...(typeof email === 'string' && email !== '' ? { email } : {}),
  ...(typeof name === 'string' && name !== '' ? { name } : {}),
});
