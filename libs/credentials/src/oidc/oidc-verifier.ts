/**
 * Tokens of an identity provider (Zitadel, or any other that speaks OpenID Connect): verified with the keys that it
 * publishes, RS256 and ES256 only. Never rejects for anything a token or the provider can do.
 */
import { type Clock, type Logger, systemTimer, type Timer } from '@plenum/runtime';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { clockToleranceS, type TokenGrant } from '../session-claims.ts';
import { refusalOf, type TokenRefused } from '../session-tokens.ts';
import { digestId, isTokenText, signedPart } from '../token-text.ts';
import { verifiedTokens } from '../verified-tokens.ts';
import type { PublishedKeys } from './provider-documents.ts';
import { defaultProviderKeysLimits, type ProviderKeysLimits, providerKeys } from './provider-keys.ts';
import { rolesIn } from './role-claims.ts';

export type OidcVerifier<Role extends string = string> = {
  /** Total. Says nothing about revocation: that is to be looked up by `tokenId` where it matters. */
  verify(text: string): Promise<OidcVerdict<Role>>;
};

export type OidcVerdict<Role extends string = string> =
  | { readonly outcome: 'verified'; readonly identity: OidcIdentity<Role> }
  | TokenRefused
  /** Known, but with no role that may do anything here: 403 rather than 401. */
  | { readonly outcome: 'no-role'; readonly subject: string }
  /** The keys are not known and the provider is away: 503 with this retry-after. */
  | { readonly outcome: 'unavailable'; readonly retryAfterS: number };

export type OidcIdentity<Role extends string = string> = TokenGrant<Role> & {
  /** The provider's `sub`. */
  readonly subject: string;
  /** All role names in the token. */
  readonly roles: readonly string[];
  readonly email?: string;
  readonly name?: string;
  /** 32 hexadecimal digits of what was signed. */
  readonly tokenId: string;
  readonly expiresAtS: number;
};

export type OidcSettings<Role extends string = string> = {
  /** Exactly as in `iss`. Judge it by `urlProblem` first. */
  readonly issuer: string;
  /** The client id that has to be in `aud`. */
  readonly audience: string;
  readonly projectId?: string | undefined;
  /** What the role names in a token come to; `undefined` when none of them is known. */
  readonly grantOf: (roles: readonly string[]) => TokenGrant<Role> | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For how old keys are. */
  readonly timer?: Pick<Timer, 'nowMs'>;
  readonly limits?: Partial<ProviderKeysLimits>;
};

export const oidcVerifier = <Role extends string>(settings: OidcSettings<Role>): OidcVerifier<Role> => {
  const { issuer, clock, logger, timer = systemTimer } = settings;
  const keys = providerKeys({ issuer, logger, timer, limits: { ...defaultProviderKeysLimits, ...settings.limits } });
  const known = verifiedTokens<OidcVerdict<Role>>();
  let knownBy: PublishedKeys | undefined;
  const nowS = (): number => clock.nowUs() / 1_000_000;
  const unavailable = (): OidcVerdict<Role> => ({ outcome: 'unavailable', retryAfterS: keys.retryAfterS() });

  /** `undefined`: signed with a key that is not among these. */
  const check = async (text: string, by: PublishedKeys): Promise<OidcVerdict<Role> | undefined> => {
    const read = await claimsOf(text, by, { ...settings, nowS: nowS() });
    if (read === undefined || read.outcome === 'refused') return read;
    const verdict = verdictOf(read.claims, text, settings);
    // Keys may have changed while this one was verified. What is remembered was verified with those that hold now.
    if (knownBy === by) known.put(text, verdict, (read.claims.exp ?? 0) + clockToleranceS);
    return verdict;
  };
  const verifyBy = async (text: string, by: PublishedKeys): Promise<OidcVerdict<Role>> => {
    const verdict = await check(text, by);
    if (verdict !== undefined) return verdict;
    const newer = await keys.newerThan(by);
    if (newer.outcome === 'away') return unavailable();
    const again = newer.outcome === 'newer' ? await check(text, newer.keys) : undefined;
    return again ?? { outcome: 'refused', code: 'signature', reason: 'the provider has no such key' };
  };

  return {
    verify: async (text) => {
      const problem = shapeProblem(text);
      if (problem !== undefined) return problem;
      const by = await keys.current();
      if (by === undefined) return unavailable();
      if (by !== knownBy) {
        known.clear();
        knownBy = by;
      }
      return known.get(text, nowS()) ?? verifyBy(text, by);
    },
  };
};

const algorithms = ['RS256', 'ES256'];

/** What needs no key to be refused, and so must not cost the provider a question. */
const shapeProblem = (text: string): TokenRefused | undefined => {
  if (!isTokenText(text)) return { outcome: 'refused', code: 'malformed', reason: 'it is not the text of a token' };
  try {
    const { alg, kid } = decodeProtectedHeader(text);
    if (alg === undefined || !algorithms.includes(alg))
      return { outcome: 'refused', code: 'algorithm', reason: 'it is signed with neither RS256 nor ES256' };
    if (typeof kid === 'string' && kid !== '') return undefined;
    return { outcome: 'refused', code: 'malformed', reason: 'it does not name its key' };
  } catch {
    return { outcome: 'refused', code: 'malformed', reason: 'it has no header that can be read' };
  }
};

type Expected = { readonly issuer: string; readonly audience: string; readonly nowS: number };
type Read = { readonly outcome: 'claims'; readonly claims: JWTPayload } | TokenRefused;

const claimsOf = async (text: string, by: PublishedKeys, expected: Expected): Promise<Read | undefined> => {
  try {
    const { payload } = await jwtVerify(text, by.find, {
      algorithms,
      issuer: expected.issuer,
      audience: expected.audience,
      // `nbf` is checked where it is; not every provider writes it.
      requiredClaims: ['iss', 'aud', 'exp', 'sub'],
      clockTolerance: clockToleranceS,
      currentDate: new Date(expected.nowS * 1000),
    });
    return { outcome: 'claims', claims: payload };
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? undefined : refusalOf(error);
  }
};

const verdictOf = <Role extends string>(
  claims: JWTPayload,
  text: string,
  { projectId, grantOf }: Pick<OidcSettings<Role>, 'projectId' | 'grantOf'>,
): OidcVerdict<Role> => {
  const subject = textOf(claims.sub);
  if (subject === undefined) return { outcome: 'refused', code: 'claims', reason: 'it does not say of whom it is' };
  const roles = rolesIn(claims, projectId);
  const grant = grantOf(roles);
  if (grant === undefined) return { outcome: 'no-role', subject };
  const email = textOf(claims.email) ?? textOf(claims.preferred_username);
  const name = textOf(claims.name) ?? textOf(claims.given_name);
  const described = { ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) };
  const tokenId = digestId(signedPart(text));
  return {
    outcome: 'verified',
    identity: { subject, ...grant, roles, ...described, tokenId, expiresAtS: claims.exp ?? 0 },
  };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
